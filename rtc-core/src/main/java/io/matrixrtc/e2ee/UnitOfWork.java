package io.matrixrtc.e2ee;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the parts of the machine have changed since the last write. Ratchets are sealed once, when
 * it is drained.
 */
final class UnitOfWork {
  private final Set<OlmSession> sessions = new LinkedHashSet<>();
  private Changes.Builder changes = Changes.builder();
  private boolean accountChanged;

  void accountChanged() {
    accountChanged = true;
  }

  void sessionChanged(OlmSession session) {
    sessions.add(session);
  }

  void sessionRemoved(OlmSession session) {
    sessions.remove(session);
    changes.removeSession(session.key());
  }

  /** Everything that is not sealed. */
  Changes.Builder changes() {
    return changes;
  }

  /** As the other one, where nothing but room keys is changed. */
  Changes drainRoomKeys() {
    Changes drained = changes.build();
    changes = Changes.builder();
    return drained;
  }

  /** Returns the changes and starts again with none. */
  Changes drain(RatchetSeal seal, OwnDevice own, KeyUploads uploads) {
    if (accountChanged) {
      changes.account(uploads.toStored(seal.seal(own.account())));
    }
    sessions.forEach(session -> changes.session(session.toStored(seal)));
    Changes drained = changes.build();
    changes = Changes.builder();
    sessions.clear();
    accountChanged = false;
    return drained;
  }
}

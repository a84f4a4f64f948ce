package io.matrixrtc.homeserver.sync;

import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.stream.StreamKind;
import io.matrixrtc.homeserver.stream.StreamToken;
import java.util.Optional;

/**
 * One sync as its sections see it.
 *
 * @param now the stream's position, which cannot move while the sections read
 * @param stateAfter whether state is given as {@code org.matrix.msc4222.state_after}
 */
record SyncContext(
    Session session,
    Optional<StreamToken> since,
    long now,
    SyncFilter filter,
    boolean fullState,
    boolean stateAfter) {

  /** A sync without a token. */
  boolean isFirst() {
    return since.isEmpty();
  }

  /** How far the client has read; 0 on a first sync. */
  long since(StreamKind kind) {
    return since.map(token -> token.position(kind)).orElse(0L);
  }

  String userId() {
    return session.userId();
  }
}

package io.matrixrtc.backup.download;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import java.io.IOException;

/**
 * Puts the entries of an answer into a spool; those that it has from an earlier answer, not again
 * (DL-AGAIN).
 */
final class SpoolSink implements EntrySink {
  private final Spool spool;
  private final boolean again;

  SpoolSink(Spool spool) {
    this.spool = spool;
    this.again = spool.entries() > 0;
  }

  @Override
  public void entry(String roomId, String sessionId, byte[] json) throws IOException {
    if (isNew(roomId, sessionId)) {
      spool.append(roomId, sessionId, json);
    }
  }

  @Override
  public void damaged(String roomId, String sessionId, Reason reason) throws IOException {
    if (isNew(roomId, sessionId)) {
      spool.appendDamaged(roomId, sessionId, reason);
    }
  }

  private boolean isNew(String roomId, String sessionId) throws IOException {
    return !again || !spool.contains(roomId, sessionId);
  }
}

package io.matrixrtc.backup.download;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.VaultException;
import java.io.IOException;

/** Takes the entries of an answer, in its order. */
public interface EntrySink {
  /** An entry, whose JSON is not looked at yet. */
  void entry(String roomId, String sessionId, byte[] json) throws IOException, VaultException;

  /** An entry that is not worth keeping; the ids are cut where they are too long. */
  void damaged(String roomId, String sessionId, Reason reason) throws IOException, VaultException;
}

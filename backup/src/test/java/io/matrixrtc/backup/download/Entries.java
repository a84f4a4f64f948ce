package io.matrixrtc.backup.download;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a scanner found, as text. */
final class Entries implements EntrySink {
  final List<String> all = new ArrayList<>();

  @Override
  public void entry(String roomId, String sessionId, byte[] json) {
    all.add(roomId + "|" + sessionId + "|" + new String(json, StandardCharsets.UTF_8));
  }

  @Override
  public void damaged(String roomId, String sessionId, Reason reason) {
    all.add(roomId.length() + "|" + sessionId.length() + "|" + reason);
  }
}

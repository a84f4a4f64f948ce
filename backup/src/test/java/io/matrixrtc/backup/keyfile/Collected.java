package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a file held. */
final class Collected implements KeyFileReader.Sink {
  final List<ExportedRoomKey> keys = new ArrayList<>();
  final List<Long> skippedAt = new ArrayList<>();
  int skipped;

  @Override
  public void key(ExportedRoomKey key) {
    keys.add(key);
  }

  @Override
  public void skipped(long position, DamagedKeyException.Reason reason) {
    skipped++;
    skippedAt.add(position);
  }
}

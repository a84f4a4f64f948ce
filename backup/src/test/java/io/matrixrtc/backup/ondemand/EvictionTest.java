package io.matrixrtc.backup.ondemand;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import org.junit.jupiter.api.Test;

class EvictionTest {
  private static final String ROOM = "!room:example.org";

  private static boolean mayGo(boolean marked, ExportedRoomKey held, ExportedRoomKey inBackup) {
    try (held;
        inBackup) {
      return Eviction.mayGo(marked, held, inBackup);
    }
  }

  private static ExportedRoomKey key(long seed, long index, boolean shared) {
    return TestKeys.roomKey(ROOM, seed, index, shared);
  }

  @Test
  void evictConfirmedIsTheSameKeyAndNoWorse() {
    assertThat(mayGo(true, key(1, 2, false), key(1, 2, false))).isTrue();
    assertThat(mayGo(true, key(1, 2, false), key(1, 0, true))).isTrue();
    assertThat(mayGo(false, key(1, 2, false), key(1, 2, false))).as("not marked").isFalse();
    assertThat(mayGo(true, key(1, 1, false), key(1, 2, false))).as("reads less").isFalse();
    assertThat(mayGo(true, key(1, 2, true), key(1, 2, false))).as("shared less").isFalse();
    assertThat(mayGo(true, key(1, 2, false), key(2, 2, false))).as("another key").isFalse();
  }
}

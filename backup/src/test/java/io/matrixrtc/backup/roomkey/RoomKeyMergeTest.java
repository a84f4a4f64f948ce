package io.matrixrtc.backup.roomkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.olm.InboundGroupSession;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoomKeyMergeTest {
  private static final String ROOM = "!room:example.org";

  private static ExportedRoomKey key(long index, boolean shared) {
    return TestKeys.roomKey(ROOM, 1, index, shared);
  }

  @Test
  void mergeBestIsTheEarlierIndex() {
    assertThat(RoomKeyMerge.better(key(5, false), key(3, false)).orElseThrow().firstKnownIndex())
        .isEqualTo(3);
    assertThat(RoomKeyMerge.better(key(3, false), key(5, false))).isEmpty();
    assertThat(RoomKeyMerge.better(key(3, false), key(3, false))).isEmpty();
  }

  @Test
  void mergeSharedIsRaisedByAnyCopy_ours() {
    ExportedRoomKey raised = RoomKeyMerge.better(key(3, false), key(5, true)).orElseThrow();
    assertThat(raised.firstKnownIndex()).isEqualTo(3);
    assertThat(raised.sharedHistory()).isTrue();
    ExportedRoomKey kept = RoomKeyMerge.better(key(5, true), key(3, false)).orElseThrow();
    assertThat(kept.firstKnownIndex()).isEqualTo(3);
    assertThat(kept.sharedHistory()).isTrue();
  }

  @Test
  void mergeConnectedMeansSameOwnerAndRatchet() throws Exception {
    assertThat(RoomKeyMerge.isConnected(key(5, false), key(3, true))).isTrue();
    ExportedRoomKey otherSender;
    try (InboundGroupSession session = TestKeys.session(1)) {
      otherSender =
          new ExportedRoomKey(
              new RoomKeyId(ROOM, session.sessionId()),
              TestKeys.roomKey(ROOM, 2, 0, false).senderKey(),
              key(0, false).claimedKey(),
              false,
              session.exportAt(0));
    }
    assertThat(RoomKeyMerge.isConnected(key(5, false), otherSender)).isFalse();
    assertThat(RoomKeyMerge.better(key(5, false), otherSender)).isEmpty();
    ExportedRoomKey bent = bent();
    assertThat(RoomKeyMerge.better(key(5, false), bent)).isEmpty();
  }

  /** Another ratchet under the same id. */
  private static ExportedRoomKey bent() throws Exception {
    String text = key(0, false).sessionKey().toBase64();
    char changed = text.charAt(40) == 'A' ? 'B' : 'A';
    return ExportedRoomKey.parse(
        key(0, false)
            .toFileJson()
            .put("session_key", text.substring(0, 40) + changed + text.substring(41)));
  }

  @Test
  void mergeBatchKeepsTheBestInWhateverOrder_ours() {
    Cases.run(
        "copies in one batch",
        100,
        3_000,
        (seed, random) -> {
          try (RoomKeyBatch batch = new RoomKeyBatch()) {
            long best = Long.MAX_VALUE;
            boolean shared = false;
            for (int i = random.nextInt(5); i >= 0; i--) {
              long index = random.nextInt(6);
              boolean flag = random.nextInt(4) == 0;
              best = Math.min(best, index);
              shared |= flag;
              batch.add(key(index, flag));
            }
            assertThat(batch.keys()).hasSize(1);
            assertThat(batch.keys().get(0).firstKnownIndex()).isEqualTo(best);
            assertThat(batch.keys().get(0).sharedHistory()).isEqualTo(shared);
          }
        });
  }

  @Test
  void mergeBatchPassesOnCopiesThatAreNotConnected() throws Exception {
    try (RoomKeyBatch batch = new RoomKeyBatch()) {
      batch.add(bent());
      batch.add(key(4, false));
      batch.add(key(2, false));
      assertThat(batch.keys()).extracting(ExportedRoomKey::firstKnownIndex).containsExactly(0L, 2L);
      assertThat(batch.size()).isEqualTo(1);
    }
  }

  @Test
  void whatIsClosedIsNoLongerThere() {
    RoomKeyBatch batch = new RoomKeyBatch();
    batch.add(key(0, false));
    batch.close();
    assertThat(batch.keys()).isEmpty();
    assertThat(Optional.of(batch.size())).contains(0);
  }
}

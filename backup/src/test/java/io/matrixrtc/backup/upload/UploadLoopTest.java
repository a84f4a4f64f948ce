package io.matrixrtc.backup.upload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.MemoryVault;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UploadLoopTest {
  private static final String ROOM = "!room:example.org";
  private final MemoryVault vault = new MemoryVault();
  private final UploadLoop loop = new UploadLoop(vault, TestRandom.of(1));
  private final BackupKey key = BackupKey.generate(TestRandom.of(2));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private void hold(int from, int count) throws Exception {
    List<ExportedRoomKey> keys = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      keys.add(TestKeys.roomKey(ROOM + i % 3, i, i % 2, false));
    }
    vault.merge(keys, Optional.empty());
  }

  private List<UploadEffect> enableAndFlush() throws Exception {
    loop.enable("1", key.publicKey(), now);
    return loop.flush(now);
  }

  private static UploadEffect.Put put(List<UploadEffect> effects) {
    return effects.stream()
        .filter(UploadEffect.Put.class::isInstance)
        .map(UploadEffect.Put.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Instant wakeAt(List<UploadEffect> effects) {
    return effects.stream()
        .filter(UploadEffect.WakeAt.class::isInstance)
        .map(effect -> ((UploadEffect.WakeAt) effect).time())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void knownKeysAreUploadedAndANewOneStartsAgain_C1() throws Exception {
    hold(0, 3);
    UploadEffect.Put put = put(enableAndFlush());
    assertThat(put.version()).isEqualTo("1");
    int opened = 0;
    for (var room : put.body().get("rooms").properties()) {
      for (var session : room.getValue().get("sessions").properties()) {
        try (ExportedRoomKey roomKey =
            BackupEntry.open(key, room.getKey(), session.getKey(), session.getValue())) {
          assertThat(vault.key(roomKey.id())).isPresent();
          opened++;
        }
      }
    }
    assertThat(opened).isEqualTo(3);
    assertThat(loop.uploaded("1", now)).containsExactly(new UploadEffect.Remaining(0));
    assertThat(vault.countNotBackedUp("1")).isZero();
    hold(3, 1);
    Instant at = wakeAt(loop.keysArrived(now));
    assertThat(put(loop.wake(at)).body().get("rooms")).hasSize(1);
  }

  @Test
  void upDelayIsRandomUpToTenSecondsAndZeroOnFlush() throws Exception {
    hold(0, 1);
    List<Duration> delays = new ArrayList<>();
    for (int seed = 0; seed < 100; seed++) {
      UploadLoop one = new UploadLoop(vault, TestRandom.of(seed));
      delays.add(Duration.between(now, wakeAt(one.enable("1", key.publicKey(), now))));
    }
    assertThat(delays).allMatch(d -> !d.isNegative() && d.compareTo(Duration.ofSeconds(10)) <= 0);
    assertThat(delays).anyMatch(d -> d.toSeconds() < 2).anyMatch(d -> d.toSeconds() > 8);
    loop.enable("1", key.publicKey(), now);
    assertThat(loop.wake(now.minusSeconds(1))).isEmpty();
    assertThat(loop.flush(now)).hasAtLeastOneElementOfType(UploadEffect.Put.class);
  }

  @Test
  void upCountGoesDownByBatches_C4() throws Exception {
    hold(0, 502);
    List<Long> told = new ArrayList<>();
    List<UploadEffect> effects = enableAndFlush();
    for (int batches = 0; batches < 6; batches++) {
      assertThat(put(effects).version()).isEqualTo("1");
      effects = loop.uploaded("1", now);
      told.add(((UploadEffect.Remaining) effects.get(0)).keys());
      if (told.get(told.size() - 1) > 0) {
        now = wakeAt(effects);
        effects = loop.wake(now);
      }
    }
    assertThat(told).containsExactly(402L, 302L, 202L, 102L, 2L, 0L);
  }

  @Test
  void upSameBatchIsSentAgainAfterBackOff_C3() throws Exception {
    hold(0, 3);
    JsonNode first = put(enableAndFlush()).body();
    for (long seconds : new long[] {1, 2, 4, 8, 16, 16, 16}) {
      List<UploadEffect> failed =
          loop.failed("1", UploadFailure.of(UploadFailure.Kind.TRY_AGAIN), now);
      Instant at = wakeAt(failed);
      assertThat(Duration.between(now, at))
          .isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(seconds * 1_250));
      now = at;
      assertThat(put(loop.wake(now)).body()).isEqualTo(first); // UP-SAME-BATCH, UP-BACKOFF
    }
    assertThat(vault.countNotBackedUp("1")).isEqualTo(3);
    assertThat(loop.uploaded("1", now)).containsExactly(new UploadEffect.Remaining(0));
    assertThat(vault.countNotBackedUp("1")).isZero();
  }

  @Test
  void upBackoffHonoursTheStatedTime() throws Exception {
    hold(0, 3);
    enableAndFlush();
    UploadFailure limited =
        new UploadFailure(UploadFailure.Kind.TRY_AGAIN, Optional.of(Duration.ofSeconds(77)));
    assertThat(loop.failed("1", limited, now))
        .containsExactly(new UploadEffect.WakeAt(now.plusSeconds(77)));
  }

  @Test
  void upOffOn404And403_C40_C2() throws Exception {
    for (UploadFailure.Kind kind :
        new UploadFailure.Kind[] {UploadFailure.Kind.GONE, UploadFailure.Kind.WRONG_VERSION}) {
      hold(0, 3);
      enableAndFlush();
      assertThat(loop.failed("1", UploadFailure.of(kind), now))
          .containsExactly(new UploadEffect.TurnedOff(kind), new UploadEffect.CheckServer());
      assertThat(loop.version()).isEmpty();
      assertThat(loop.flush(now)).isEmpty();
    }
  }

  @Test
  void upVersionThatIsNewGetsEverything_C2_C9() throws Exception {
    hold(0, 3);
    enableAndFlush();
    loop.uploaded("1", now);
    BackupKey other = BackupKey.generate(TestRandom.of(3));
    loop.enable("2", other.publicKey(), now);
    assertThat(put(loop.flush(now)).version()).isEqualTo("2");
    assertThat(loop.uploaded("1", now)).isEmpty(); // an answer to the old one
    assertThat(vault.countNotBackedUp("2")).isEqualTo(3);
    loop.uploaded("2", now);
    assertThat(vault.countNotBackedUp("2")).isZero();
    assertThat(loop.enable("2", other.publicKey(), now)).isEmpty();
  }

  @Test
  void upMarkOnlyWhatWasSent() throws Exception {
    vault.merge(List.of(TestKeys.roomKey(ROOM, 1, 5, false)), Optional.empty());
    enableAndFlush();
    vault.merge(
        List.of(TestKeys.roomKey(ROOM, 1, 2, false)), Optional.empty()); // better, meanwhile
    loop.keysArrived(now);
    List<UploadEffect> effects = loop.uploaded("1", now);
    assertThat(vault.countNotBackedUp("1")).isEqualTo(1);
    RoomKeyId id = TestKeys.roomKey(ROOM, 1, 2, false).id();
    JsonNode again = put(loop.wake(wakeAt(effects))).body();
    assertThat(
            again
                .get("rooms")
                .get(ROOM)
                .get("sessions")
                .get(id.sessionId())
                .get("first_message_index")
                .longValue())
        .isEqualTo(2);
  }

  @Test
  void aLostTokenPausesUntilALogin() throws Exception {
    hold(0, 3);
    enableAndFlush();
    assertThat(loop.failed("1", UploadFailure.of(UploadFailure.Kind.LOGGED_OUT), now)).isEmpty();
    assertThat(loop.flush(now)).isEmpty();
    assertThat(loop.keysArrived(now)).isEmpty();
    assertThat(wakeAt(loop.loggedIn(now))).isEqualTo(now);
    assertThat(loop.wake(now)).hasAtLeastOneElementOfType(UploadEffect.Put.class);
  }

  @Test
  void disablingForgetsTheMarks_C45() throws Exception {
    hold(0, 3);
    enableAndFlush();
    loop.uploaded("1", now);
    loop.disable();
    assertThat(vault.countNotBackedUp("1")).isEqualTo(3);
    assertThat(loop.keysArrived(now)).isEmpty();
  }

  @Test
  void upResetNeedsACompleteCopyOrTheRightNumber_ours() {
    assertThat(new Losses(0, 0, false, true).mayDeleteBackup(0)).isTrue();
    Losses losses = new Losses(0, 1_234, false, true);
    assertThat(losses.mayDeleteBackup(0)).isFalse();
    assertThat(losses.mayDeleteBackup(1_233)).isFalse();
    assertThat(losses.mayDeleteBackup(1_234)).isTrue();
    assertThat(new Losses(3, 0, false, true).signOutLoses()).isTrue();
    assertThat(new Losses(3, 0, true, false).signOutLoses()).isTrue();
    assertThat(new Losses(3, 0, false, false).signOutLoses()).isTrue();
    assertThat(new Losses(0, 0, true, true).signOutLoses()).isFalse();
  }
}

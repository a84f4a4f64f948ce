package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.EncryptionInfo;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.olm.Curve25519SecretKey;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.StickyMemberEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveEventTest {
  private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
  private static final DeviceAddress BOB = new DeviceAddress("@bob:hs.test", "BOBPHONE");

  private static ObjectNode outside() {
    ObjectNode event = Json.newObject().put("event_id", "$e").put("type", "m.room.encrypted");
    event.put("sender", BOB.userId()).put("origin_server_ts", NOW.minusSeconds(60).toEpochMilli());
    event.putObject("msc4354_sticky").put("duration_ms", 600_000);
    event.putObject("unsigned").put("msc4354_sticky_duration_ttl_ms", 590_000);
    event.putObject("content").put("ciphertext", "…");
    return event;
  }

  private static RoomEventResult.Decrypted inside(VerificationState state) {
    ObjectNode event = Json.newObject().put("event_id", "$e").put("type", StickyMemberEvent.TYPE);
    event.putObject("content").put("msc4354_sticky_key", "k");
    try (Curve25519SecretKey key = Curve25519SecretKey.generate(bytes -> bytes[0] = 1)) {
      return new RoomEventResult.Decrypted(
          event,
          new EncryptionInfo(BOB.userId(), Optional.of(BOB.deviceId()), key.publicKey(), state),
          new RoomKeyId("!r:hs.test", "session"),
          0);
    }
  }

  private static List<StickyMemberEvent> read(List<LiveEvent> events) {
    RoomUpdate update = LiveEvents.read(events, user -> false, NOW);
    return update.sticky();
  }

  @Test
  void feedSenderAnOpenedEventNamesTheDeviceThatEncryptedItAndStaysSticky() {
    List<StickyMemberEvent> events =
        read(
            LiveEvent.opened(
                List.of(outside()), List.of(inside(VerificationState.UNVERIFIED_IDENTITY))));
    assertThat(events).hasSize(1);
    assertThat(events.get(0).encryptedBy()).contains(BOB);
    assertThat(events.get(0).duration()).isEqualTo(Duration.ofMinutes(10));
    assertThat(events.get(0).content().path("msc4354_sticky_key").asText()).isEqualTo("k");
  }

  @Test
  void feedSenderWhatTheKeyOfAnotherUserOpenedSaysNothing() {
    assertThat(
            read(
                LiveEvent.opened(
                    List.of(outside()), List.of(inside(VerificationState.MISMATCHED_SENDER)))))
        .isEmpty();
    // Control: the same from its owner counts, whatever else is known.
    assertThat(
            read(
                LiveEvent.opened(
                    List.of(outside()), List.of(inside(VerificationState.UNSIGNED_DEVICE)))))
        .hasSize(1);
  }

  @Test
  void feedSenderAnEventThatWasNotOpenedSaysNothing() {
    assertThat(read(LiveEvent.opened(List.of(outside()), List.of()))).isEmpty();
  }

  @Test
  void feedLateTheTimeThatWasLeftWhenItCameDoesNotCountLater() {
    LiveEvent event = LiveEvent.opened(outside(), inside(VerificationState.VERIFIED)).orElseThrow();
    assertThat(read(List.of(event)).get(0).stickyUntil()).isEqualTo(NOW.plusMillis(590_000));
    assertThat(read(List.of(event.late())).get(0).stickyUntil())
        .isEqualTo(NOW.minusSeconds(60).plusMillis(600_000));
  }
}

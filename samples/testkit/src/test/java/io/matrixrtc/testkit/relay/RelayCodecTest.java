package io.matrixrtc.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.testkit.media.TrackKind;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RelayCodecTest {
  static Stream<RelayMessage> messages() {
    PublishedFrame frame = Recorder.frame(3);
    return Stream.of(
        new RelayMessage.Hello(RelayMessage.Role.MEMBER, "@ä:x:DEV"),
        new RelayMessage.Hello(RelayMessage.Role.TAP, "e".repeat(RelayCodec.MAX_IDENTITY_BYTES)),
        new RelayMessage.Welcome(List.of()),
        new RelayMessage.Welcome(List.of("a", "b")),
        new RelayMessage.Joined("a"),
        new RelayMessage.Left("a"),
        new RelayMessage.Publish(frame),
        new RelayMessage.Forward(
            new RelayedFrame(9, Instant.parse("2026-01-01T00:00:00.123456Z"), "a", frame)),
        new RelayMessage.Goodbye(CloseReason.FULL));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageComesBack(RelayMessage message) throws Exception {
    assertThat(read(RelayCodec.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyPrefixIsRefused(RelayMessage message) throws Exception {
    byte[] bytes = RelayCodec.encode(message);
    for (int length = 1; length < bytes.length; length++) {
      byte[] prefix = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(prefix)).isInstanceOf(RelayProtocolException.class);
    }
    assertThat(read(new byte[0])).isNull();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void changedBytesGiveAMessageOrATypedError(RelayMessage message) {
    byte[] bytes = RelayCodec.encode(message);
    AtomicInteger refused = new AtomicInteger();
    Cases.run(
        "relay message " + message.getClass().getSimpleName(),
        500,
        20_000,
        (seed, random) -> {
          byte[] damaged = bytes.clone();
          for (int i = random.nextInt(3); i >= 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
          }
          try {
            RelayMessage read = Objects.requireNonNull(read(damaged));
            assertThat(read).isNotNull();
            assertThat(RelayCodec.encode(read)).hasSizeLessThanOrEqualTo(damaged.length);
          } catch (RelayProtocolException e) {
            refused.incrementAndGet();
          }
        });
    assertThat(refused).hasPositiveValue();
  }

  @Test
  void randomBodiesGiveAMessageOrATypedError() {
    Cases.run(
        "relay random",
        2_000,
        100_000,
        (seed, random) -> {
          byte[] body = Cases.bytes(random, 80);
          if (body.length > 0) {
            body[0] = (byte) random.nextInt(9);
          }
          try {
            assertThat(RelayCodec.decode(body)).isNotNull();
          } catch (RelayProtocolException e) {
            assertThat(e).hasMessageNotContaining("null");
          }
        });
  }

  @Test
  void messagesHaveABound_RELAY_BOUND() throws Exception {
    PublishedFrame largest = Recorder.frame(0, new byte[PublishedFrame.MAX_PAYLOAD_BYTES]);
    RelayMessage read = read(RelayCodec.encode(new RelayMessage.Publish(largest)));
    assertThat(read).isEqualTo(new RelayMessage.Publish(largest));
    assertThatThrownBy(() -> Recorder.frame(0, new byte[PublishedFrame.MAX_PAYLOAD_BYTES + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Recorder.frame(0, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] over = {0, 0x10, 0x04, 0x01, 5}; // 1 MiB + 1025
    assertThatThrownBy(() -> read(over))
        .isInstanceOf(RelayProtocolException.class)
        .hasMessageContaining("1049601");
    byte[] oneTooMany = RelayCodec.encode(new RelayMessage.Publish(largest));
    byte[] longer = Arrays.copyOf(oneTooMany, oneTooMany.length + 1);
    longer[3]++; // the length field: one byte more than allowed, still within the message bound
    assertThatThrownBy(() -> read(longer)).isInstanceOf(RelayProtocolException.class);
  }

  @Test
  void identitiesHaveABound() {
    String longest = "e".repeat(RelayCodec.MAX_IDENTITY_BYTES);
    assertThat(RelayCodec.encode(new RelayMessage.Joined(longest))).isNotEmpty();
    for (String bad : List.of("", longest + "e")) {
      assertThatThrownBy(() -> RelayCodec.encode(new RelayMessage.Joined(bad)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void headersRefuseWhatDoesNotFit() {
    Duration zero = Duration.ZERO;
    for (String codec : List.of("", "VP8", "a b", "x".repeat(33))) {
      assertThatThrownBy(() -> new FrameHeader(TrackKind.AUDIO, codec, 0, 0, 0, true, zero))
          .isInstanceOf(IllegalArgumentException.class);
    }
    new FrameHeader(TrackKind.AUDIO, "x".repeat(32), 0, 0xFFFF_FFFFL, 0xFFFF_FFFFL, true, zero);
    assertThatThrownBy(
            () -> new FrameHeader(TrackKind.AUDIO, "opus", 0, 0x1_0000_0000L, 0, true, zero))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new FrameHeader(TrackKind.AUDIO, "opus", 0, 0, 0x1_0000_0000L, true, zero))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static @Nullable RelayMessage read(byte[] bytes)
      throws IOException, RelayProtocolException {
    return RelayCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }
}

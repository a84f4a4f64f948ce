package io.matrixrtc.backup.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedJsonTest {
  private static byte[] there(String json) {
    byte[] packed = PackedJson.pack(json.getBytes(UTF_8));
    assertThat(new String(PackedJson.unpack(packed), UTF_8)).isEqualTo(json);
    return packed;
  }

  @Test
  void anEntryTakesAQuarterLess() {
    String entry = "{\"ephemeral\":\"" + "b".repeat(43) + "\",\"ciphertext\":\"%s\",\"mac\":\"c\"}";
    byte[] packed = there(entry.formatted("Az09+/".repeat(120)));
    assertThat(packed).hasSize(4 + entry.length() - 2 + 540);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 66, 67, 68, 0xFFFB, 0xFFFC, 0xFFFD, 0x10000})
  void runsOfAnyLengthComeBack(int length) {
    String run = "x".repeat(length);
    there(run);
    there("\"" + run);
    there(run + "\"");
    there("{\"a\":\"" + run + "\",\"b\":\"" + "y".repeat(70) + "==\"}");
  }

  @Test
  void runsBehindALongTextComeBack() {
    for (int before : new int[] {0xFFFE, 0xFFFF, 0x10000, 0x10001}) {
      there("-".repeat(before) + "x".repeat(80));
    }
  }

  @Test
  void anyBytesComeBack() {
    Cases.run(
        "packed json",
        500,
        20_000,
        (seed, random) -> {
          byte[] bytes = Cases.bytes(random, 400);
          int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
          int to = Math.min(bytes.length, from + random.nextInt(200));
          Arrays.fill(bytes, from, to, (byte) ('A' + random.nextInt(26)));
          assertThat(PackedJson.unpack(PackedJson.pack(bytes))).isEqualTo(bytes);
        });
  }

  @Test
  void whatWasNotPackedIsRefused() {
    byte[] packed = there("\"" + "x".repeat(64) + "\"");
    for (int length = 0; length < packed.length - 1; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> PackedJson.unpack(cut)).isInstanceOf(BufferUnderflowException.class);
    }
    byte[] withoutTheRest = Arrays.copyOf(packed, packed.length - 1);
    assertThat(PackedJson.unpack(withoutTheRest)).as("only the checksum tells").hasSize(65);
  }
}

package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.cipher.HmacSha256;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jumps equal single steps as the specification words them. */
class MegolmRatchetTest {
  /** One step, from the definition: the highest part whose turn it is feeds the ones after it. */
  private static byte[] step(byte[] ratchet, long index) {
    long next = index + 1;
    int from =
        next % (1L << 24) == 0 ? 0 : next % (1 << 16) == 0 ? 1 : next % (1 << 8) == 0 ? 2 : 3;
    byte[] source = Arrays.copyOfRange(ratchet, 32 * from, 32 * from + 32);
    byte[] stepped = ratchet.clone();
    for (int part = from; part < 4; part++) {
      System.arraycopy(HmacSha256.of(source, part), 0, stepped, 32 * part, 32);
    }
    return stepped;
  }

  private static byte[] random(SplittableRandom random) {
    byte[] parts = new byte[MegolmRatchet.BYTES];
    random.nextBytes(parts);
    return parts;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 700",
    "250, 20",
    "65530, 12",
    "16777210, 12",
    "33554425, 20",
    "4294967290, 5",
    "4294901750, 30"
  })
  void jumpingEqualsStepping_MEGOLM_RATCHET(long from, int steps) {
    byte[] parts = random(new SplittableRandom(from));
    MegolmRatchet start = new MegolmRatchet(parts.clone(), from);
    byte[] expected = parts;
    for (int i = 1; i <= steps; i++) {
      expected = step(expected, from + i - 1);
      MegolmRatchet jumped = start.copy();
      jumped.advanceTo(from + i);
      assertThat(jumped.raw()).as("%d + %d", from, i).isEqualTo(expected);
      assertThat(jumped.index()).isEqualTo(from + i);
    }
  }

  @Test
  void anyTwoJumpsEqualOne_MEGOLM_RATCHET() {
    Cases.run(
        "megolm-jumps",
        200,
        5_000,
        (seed, random) -> {
          long a = random.nextLong(1L << 32);
          long b = random.nextLong(a, 1L << 32);
          MegolmRatchet one = new MegolmRatchet(random(random), 0);
          MegolmRatchet two = one.copy();
          one.advanceTo(b);
          two.advanceTo(a);
          two.advanceTo(b);
          assertThat(one.sameAs(two)).isTrue();
        });
  }

  @Test
  void goesForwardOnly() {
    MegolmRatchet ratchet = new MegolmRatchet(new byte[128], 5);
    ratchet.advanceTo(5);
    assertThat(ratchet.raw()).containsOnly(0);
    assertThatIllegalArgumentException().isThrownBy(() -> ratchet.advanceTo(4));
    assertThatIllegalArgumentException().isThrownBy(() -> ratchet.advanceTo(1L << 32));
    assertThatIllegalArgumentException().isThrownBy(() -> new MegolmRatchet(new byte[127], 0));
  }
}

package io.matrixrtc.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.matrixrtc.cases.Cases;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every target without the engine: its seeds, and damaged copies of them. An input that the engine
 * found becomes a seed of its target when it was mended.
 */
class FuzzRegressionTest {
  @TestFactory
  Stream<DynamicTest> damagedSeedsAreRefusedOrRead() {
    return FuzzTargets.ALL.stream()
        .map(
            name ->
                dynamicTest(
                    FuzzTargets.shortName(name),
                    () -> {
                      FuzzTarget target = FuzzTargets.open(name);
                      List<byte[]> seeds = target.seeds();
                      assertThat(seeds).isNotEmpty();
                      for (byte[] seed : seeds) {
                        assertThat(seed.length).isLessThanOrEqualTo(target.maxBytes());
                        target.run(seed.clone());
                      }
                      Cases.run(
                          "fuzz-regression " + FuzzTargets.shortName(name),
                          2_000,
                          2_000,
                          (seed, random) ->
                              FuzzEntry.run(
                                  target,
                                  damaged(seeds.get(random.nextInt(seeds.size())), random)));
                    }));
  }

  /** Cut, extended, with bytes changed, or a part of it repeated or taken out. */
  private static byte[] damaged(byte[] seed, SplittableRandom random) {
    int at = seed.length == 0 ? 0 : random.nextInt(seed.length);
    int to = at + (seed.length == at ? 0 : random.nextInt(Math.min(40, seed.length - at) + 1));
    byte[] part = Arrays.copyOfRange(seed, at, to);
    byte[] front = Arrays.copyOf(seed, at);
    byte[] back = Arrays.copyOfRange(seed, to, seed.length);
    return switch (random.nextInt(6)) {
      case 0 -> front;
      case 1 -> joined(seed, new byte[1 + random.nextInt(8)]);
      case 2 -> joined(front, part, part, back);
      case 3 -> joined(front, back);
      case 4 -> joined(front, random(part.length, random), back);
      default -> withBits(seed, random);
    };
  }

  private static byte[] random(int length, SplittableRandom random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] withBits(byte[] seed, SplittableRandom random) {
    byte[] changed = seed.clone();
    int bits = changed.length == 0 ? 0 : 1 + random.nextInt(3);
    for (int i = 0; i < bits; i++) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  private static byte[] joined(byte[]... parts) {
    byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}

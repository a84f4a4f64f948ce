package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/** Gives out prepared bytes, one array for each request, and nothing else. */
final class ScriptedRandom implements RandomSource {
  private final Deque<byte[]> script = new ArrayDeque<>();

  ScriptedRandom then(byte[] bytes) {
    script.add(bytes);
    return this;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    assertThat(script).as("random bytes left for a request of %d", bytes.length).isNotEmpty();
    byte[] next = script.remove();
    assertThat(next).as("random bytes for this request").hasSameSizeAs(bytes);
    System.arraycopy(next, 0, bytes, 0, bytes.length);
  }

  void assertUsedUp() {
    assertThat(script).as("random bytes that nobody asked for").isEmpty();
  }

  void clear() {
    script.clear();
  }

  /** A source that is seeded, for tests that do not care about the bytes. */
  static RandomSource seeded(long seed) {
    return of(new SplittableRandom(seed));
  }

  static RandomSource of(SplittableRandom random) {
    return random::nextBytes;
  }
}

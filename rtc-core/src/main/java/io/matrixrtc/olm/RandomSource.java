package io.matrixrtc.olm;

import java.security.SecureRandom;

/**
 * Where key material comes from. Everything in this package draws from the source that it was given
 * and in a fixed order, so that tests can replay it.
 */
@FunctionalInterface
public interface RandomSource {
  /** Fills {@code bytes} with random bytes that nobody can guess. */
  void nextBytes(byte[] bytes);

  /** Returns the source of the platform, safe for many threads. */
  static RandomSource secure() {
    SecureRandom random = new SecureRandom();
    return random::nextBytes;
  }
}

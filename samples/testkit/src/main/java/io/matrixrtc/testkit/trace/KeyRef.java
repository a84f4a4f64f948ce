package io.matrixrtc.testkit.trace;

/**
 * One media key in a trace.
 *
 * @param owner the participant that encrypts with it
 * @param index its slot in the key ring, 0 to 255
 * @param generation steps of the ratchet at this index, 0 for the key as it was made
 * @param fingerprint its name
 */
public record KeyRef(String owner, int index, int generation, KeyFingerprint fingerprint) {
  public KeyRef {
    if (index < 0 || index > 255 || generation < 0) {
      throw new IllegalArgumentException("key: want an index in 0..255, got " + index);
    }
  }
}

package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.matrixrtc.cipher.Hkdf;
import java.util.Arrays;

/** The root of a session's ratchet. Immutable. */
final class RootKey {
  static final int BYTES = 32;

  private static final byte[] FIRST_INFO = "OLM_ROOT".getBytes(US_ASCII);
  private static final byte[] RATCHET_INFO = "OLM_RATCHET".getBytes(US_ASCII);

  private final byte[] secret;

  /** Takes over {@code secret}. */
  RootKey(byte[] secret) {
    this.secret = secret;
  }

  /** A root and the chain that was derived beside it. */
  record Step(RootKey root, ChainKey chain) {
    void wipe() {
      root.wipe();
      chain.wipe();
    }

    private static Step split(byte[] derived) {
      try {
        return new Step(
            new RootKey(Arrays.copyOf(derived, BYTES)),
            new ChainKey(Arrays.copyOfRange(derived, BYTES, BYTES + ChainKey.BYTES), 0));
      } finally {
        Arrays.fill(derived, (byte) 0);
      }
    }
  }

  /** Returns the root and first chain of a session, from the three agreed secrets. */
  static Step first(byte[] sharedSecret) {
    return Step.split(Hkdf.derive(sharedSecret, FIRST_INFO, BYTES + ChainKey.BYTES));
  }

  /** Returns the next root and a new chain, from an agreement of both sides' ratchet keys. */
  Step advance(Curve25519SecretKey ours, Curve25519PublicKey theirs)
      throws OlmException.NonContributory {
    byte[] shared = ours.agree(theirs);
    try {
      return Step.split(Hkdf.derive(secret, shared, RATCHET_INFO, BYTES + ChainKey.BYTES));
    } finally {
      Arrays.fill(shared, (byte) 0);
    }
  }

  /** The bytes themselves; callers only read them. */
  byte[] raw() {
    return secret;
  }

  void wipe() {
    Arrays.fill(secret, (byte) 0);
  }
}

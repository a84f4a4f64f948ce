package io.matrixrtc.olm;

import java.util.Arrays;

/** The agreement that starts a session: three X25519 secrets, one after another. */
final class TripleDiffieHellman {
  private TripleDiffieHellman() {}

  /** The starter's side. The other's fallback key counts as a one-time key. */
  static RootKey.Step outbound(
      Curve25519SecretKey ourIdentity,
      Curve25519SecretKey ourBase,
      Curve25519PublicKey theirIdentity,
      Curve25519PublicKey theirOneTime)
      throws OlmException.NonContributory {
    return derive(
        ourIdentity, theirOneTime,
        ourBase, theirIdentity,
        ourBase, theirOneTime);
  }

  /** The receiver's side. */
  static RootKey.Step inbound(
      Curve25519SecretKey ourIdentity,
      Curve25519SecretKey ourOneTime,
      Curve25519PublicKey theirIdentity,
      Curve25519PublicKey theirBase)
      throws OlmException.NonContributory {
    return derive(
        ourOneTime, theirIdentity,
        ourIdentity, theirBase,
        ourOneTime, theirBase);
  }

  private static RootKey.Step derive(
      Curve25519SecretKey first,
      Curve25519PublicKey firstPeer,
      Curve25519SecretKey second,
      Curve25519PublicKey secondPeer,
      Curve25519SecretKey third,
      Curve25519PublicKey thirdPeer)
      throws OlmException.NonContributory {
    byte[] secret = new byte[3 * Curve25519SecretKey.SHARED_BYTES];
    try {
      agree(first, firstPeer, secret, 0);
      agree(second, secondPeer, secret, 1);
      agree(third, thirdPeer, secret, 2);
      return RootKey.first(secret);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static void agree(
      Curve25519SecretKey ours, Curve25519PublicKey theirs, byte[] secret, int part)
      throws OlmException.NonContributory {
    byte[] shared = ours.agree(theirs);
    System.arraycopy(shared, 0, secret, part * shared.length, shared.length);
    Arrays.fill(shared, (byte) 0);
  }
}

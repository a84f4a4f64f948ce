package io.matrixrtc.olm;

import java.util.HexFormat;

/** First messages that only a sender who means ill makes. */
public final class HostileMessages {
  private HostileMessages() {}

  /** Starts a session in which nobody can answer: its ratchet key is of small order. */
  public static PreKeyMessage withRatchetKeyOfSmallOrder(
      Account sender,
      Curve25519PublicKey identity,
      Curve25519PublicKey oneTimeKey,
      byte[] plaintext,
      RandomSource random)
      throws Exception {
    Curve25519PublicKey small =
        Curve25519PublicKey.of(
            HexFormat.of()
                .parseHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"));
    Curve25519SecretKey base = Curve25519SecretKey.generate(random);
    RootKey.Step start =
        TripleDiffieHellman.outbound(sender.identityKey(), base, identity, oneTimeKey);
    NormalMessage inner =
        NormalMessage.seal(SessionConfig.V1, small, start.chain().messageKey(), plaintext);
    return new PreKeyMessage(
        new SessionKeys(sender.identityKeys().curve25519(), base.publicKey(), oneTimeKey), inner);
  }
}

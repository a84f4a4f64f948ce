package io.matrixrtc.olm;

/** The stored forms of both ends of a group session. */
final class GroupSessionState {
  private GroupSessionState() {}

  static byte[] write(GroupSession session) {
    StateWriter out = new StateWriter().octet(session.config().number());
    writeRatchet(out, session.ratchet());
    return out.secret(session.signingKey().copySeed()).flag(session.isUsedUp()).finish();
  }

  static GroupSession readOutbound(StateReader in) throws SealedStateException {
    SessionConfig config = in.config();
    MegolmRatchet ratchet = in.ratchet();
    Ed25519KeyPair signingKey = in.keyPair();
    return new GroupSession(config, ratchet, signingKey, in.flag());
  }

  static byte[] write(InboundGroupSession session) {
    StateWriter out = new StateWriter().octet(session.config().number());
    writeRatchet(out, session.first());
    return out.bytes(session.signingKey().raw()).flag(session.isVerified()).finish();
  }

  static InboundGroupSession readInbound(StateReader in) throws SealedStateException {
    SessionConfig config = in.config();
    MegolmRatchet ratchet = in.ratchet();
    Ed25519PublicKey signingKey;
    try {
      signingKey = Ed25519PublicKey.of(in.bytes(Ed25519PublicKey.BYTES));
    } catch (KeyFormatException e) {
      throw new SealedStateException.Malformed("bad signing key");
    }
    return new InboundGroupSession(config, signingKey, ratchet, in.flag());
  }

  private static void writeRatchet(StateWriter out, MegolmRatchet ratchet) {
    out.bytes(ratchet.raw()).number(ratchet.index());
  }
}

package io.matrixrtc.olm;

/**
 * The stored forms of both ends of a group session. The first octet of our own end has the
 * configuration in its lower half and in its upper half the form of the signing key: 0 for a seed,
 * 1 for an expanded key.
 */
final class GroupSessionState {
  private static final int EXPANDED = 0x10;

  private GroupSessionState() {}

  static byte[] write(GroupSession session) {
    StateWriter out = new StateWriter();
    if (session.signingKey() instanceof Ed25519KeyPair keyPair) {
      writeRatchet(out.octet(session.config().number()), session.ratchet());
      out.secret(keyPair.copySeed());
    } else if (session.signingKey() instanceof ExpandedEd25519Key expanded) {
      writeRatchet(out.octet(EXPANDED | session.config().number()), session.ratchet());
      out.secret(expanded.copyExpanded());
    } else {
      throw new IllegalStateException("signing key of an unknown kind");
    }
    return out.flag(session.isUsedUp()).finish();
  }

  static GroupSession readOutbound(StateReader in) throws SealedStateException {
    int form = in.octet();
    SessionConfig config = StateReader.config(form & ~EXPANDED);
    MegolmRatchet ratchet = in.ratchet();
    MessageSigner signingKey = (form & EXPANDED) == 0 ? in.keyPair() : in.expandedKey();
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

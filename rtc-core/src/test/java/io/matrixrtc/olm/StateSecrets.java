package io.matrixrtc.olm;

import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/** The secrets in sealed states, in hex: what must not be found where it should be gone. */
public final class StateSecrets {
  private static final HexFormat HEX = HexFormat.of();
  private static final RandomSource NO_RANDOM =
      bytes -> {
        throw new AssertionError("nothing to be drawn");
      };

  private StateSecrets() {}

  /** Root key, chain keys, ratchet key and skipped message keys of a session. */
  public static Set<String> ofSession(StateKey key, byte[] sealed) throws SealedStateException {
    Set<String> secrets = new TreeSet<>();
    try (Session session = Session.unseal(key, sealed, NO_RANDOM)) {
      secrets.add(HEX.formatHex(session.root().raw()));
      SendingChain sending = session.sending();
      if (sending != null) {
        secrets.add(HEX.formatHex(sending.ratchetKey().copySecret()));
        secrets.add(HEX.formatHex(sending.chain().raw()));
      }
      for (ReceivingChain chain : session.receiving().all()) {
        secrets.add(HEX.formatHex(chain.chain().raw()));
        chain.skipped().forEach(skipped -> secrets.add(HEX.formatHex(skipped.raw())));
      }
    }
    return secrets;
  }

  /** Identity keys, one-time keys and fallback keys of an account. */
  public static Set<String> ofAccount(StateKey key, byte[] sealed) throws SealedStateException {
    Set<String> secrets = new TreeSet<>();
    try (Account account = Account.unseal(key, sealed, NO_RANDOM)) {
      secrets.add(HEX.formatHex(account.signingKey().copySeed()));
      secrets.add(HEX.formatHex(account.identityKey().copySecret()));
      account
          .oneTimeKeys()
          .all()
          .values()
          .forEach(entry -> secrets.add(HEX.formatHex(entry.key().copySecret())));
      FallbackKeys.Entry fallback = account.fallbackKeys().current();
      if (fallback != null) {
        secrets.add(HEX.formatHex(fallback.key().copySecret()));
      }
      FallbackKeys.Entry previous = account.fallbackKeys().previous();
      if (previous != null) {
        secrets.add(HEX.formatHex(previous.key().copySecret()));
      }
    }
    return secrets;
  }

  /** The parts of the ratchet of a room key that we write with, and what it signs with. */
  public static Set<String> ofOutbound(StateKey key, byte[] sealed) throws SealedStateException {
    Set<String> secrets = new TreeSet<>();
    try (GroupSession session = GroupSession.unseal(key, sealed)) {
      addParts(session.ratchet(), secrets);
      secrets.add(HEX.formatHex(((Ed25519KeyPair) session.signingKey()).copySeed()));
    }
    return secrets;
  }

  /**
   * The parts of the ratchet of a room key that is held, at its first index and at {@code last}.
   */
  public static Set<String> ofInbound(StateKey key, byte[] sealed, long last)
      throws SealedStateException {
    Set<String> secrets = new TreeSet<>();
    try (InboundGroupSession session = InboundGroupSession.unseal(key, sealed)) {
      addParts(session.first(), secrets);
      session.first().advanceTo(last);
      addParts(session.first(), secrets);
    }
    return secrets;
  }

  private static void addParts(MegolmRatchet ratchet, Set<String> secrets) {
    for (int part = 0; part < MegolmRatchet.BYTES; part += 32) {
      secrets.add(HEX.formatHex(ratchet.raw(), part, part + 32));
    }
  }
}

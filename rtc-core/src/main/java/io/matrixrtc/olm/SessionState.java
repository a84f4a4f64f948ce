package io.matrixrtc.olm;

import java.util.ArrayList;
import java.util.List;

/** The stored form of a {@link Session}. */
final class SessionState {
  private SessionState() {}

  static byte[] write(Session session) {
    StateWriter out =
        new StateWriter()
            .octet(session.config().number())
            .bytes(session.keys().identityKey().raw())
            .bytes(session.keys().baseKey().raw())
            .bytes(session.keys().oneTimeKey().raw())
            .bytes(session.root().raw());
    SendingChain sending = session.sending();
    out.flag(sending != null);
    if (sending != null) {
      out.secret(sending.ratchetKey().copySecret());
      writeChainKey(out, sending.chain());
    }
    out.count(session.receiving().all().size());
    for (ReceivingChain chain : session.receiving().all()) {
      out.bytes(chain.ratchetKey().raw());
      writeChainKey(out, chain.chain());
      out.count(chain.skipped().size());
      for (MessageKey key : chain.skipped()) {
        out.bytes(key.raw()).number(key.index());
      }
    }
    return out.finish();
  }

  private static void writeChainKey(StateWriter out, ChainKey key) {
    out.bytes(key.raw()).number(key.index());
  }

  static Session read(StateReader in, RandomSource random) throws SealedStateException {
    SessionConfig config = in.config();
    SessionKeys keys = new SessionKeys(in.publicKey(), in.publicKey(), in.publicKey());
    RootKey root = new RootKey(in.bytes(RootKey.BYTES));
    SendingChain sending = in.flag() ? new SendingChain(in.secretKey(), in.chainKey()) : null;
    ReceivingChains receiving = new ReceivingChains();
    int chains = in.count(ReceivingChains.MAX_CHAINS);
    for (int i = 0; i < chains; i++) {
      receiving.add(readChain(in));
    }
    if (sending == null && chains == 0) {
      throw new SealedStateException.Malformed("session without a chain");
    }
    return new Session(config, keys, root, sending, receiving, random);
  }

  private static ReceivingChain readChain(StateReader in) throws SealedStateException {
    Curve25519PublicKey ratchetKey = in.publicKey();
    ChainKey chain = in.chainKey();
    List<MessageKey> skipped = new ArrayList<>();
    int count = in.count(ReceivingChain.MAX_SKIPPED);
    for (int i = 0; i < count; i++) {
      byte[] secret = in.bytes(MessageKey.BYTES);
      skipped.add(new MessageKey(secret, in.number()));
    }
    return new ReceivingChain(ratchetKey, chain, skipped);
  }
}

package io.matrixrtc.benchmarks.olm;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.InboundCreation;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.PreKeyMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;

/** {@code io.matrixrtc.olm}. */
final class OwnOlm implements Contender {
  private final Account alice = Account.generate(RandomSource.secure());
  private final Account bob = Account.generate(RandomSource.secure());
  private final Curve25519PublicKey bobFallbackKey;
  private final Session sending;
  private final Session receiving;

  OwnOlm() throws Exception {
    bob.generateFallbackKey();
    bobFallbackKey = bob.unpublishedFallbackKey().values().iterator().next();
    sending = outbound();
    PreKeyMessage first = (PreKeyMessage) sending.encrypt(new byte[1]);
    receiving = bob.createInboundSession(alice.identityKeys().curve25519(), first).session();
    sending.decrypt(receiving.encrypt(new byte[1]));
    receiving.decrypt(sending.encrypt(new byte[1]));
  }

  private Session outbound() throws OlmException {
    return alice.createOutboundSession(
        SessionConfig.V1, bob.identityKeys().curve25519(), bobFallbackKey);
  }

  @Override
  public String startOutbound(byte[] plaintext) throws OlmException {
    try (Session session = outbound()) {
      return Base64Text.encode(session.encrypt(plaintext).encode());
    }
  }

  @Override
  public byte[] startInbound(String body) throws Exception {
    PreKeyMessage message = PreKeyMessage.decode(Base64Text.decode(body));
    InboundCreation created = bob.createInboundSession(alice.identityKeys().curve25519(), message);
    created.session().close();
    return created.plaintext();
  }

  @Override
  public String encryptNext(byte[] plaintext) throws OlmException {
    return Base64Text.encode(sending.encrypt(plaintext).encode());
  }

  @Override
  public byte[] decryptNext(String body) throws Exception {
    return receiving.decrypt(OlmMessage.decode(OlmMessage.TYPE_NORMAL, Base64Text.decode(body)));
  }

  @Override
  public void close() {
    sending.close();
    receiving.close();
    alice.close();
    bob.close();
  }
}

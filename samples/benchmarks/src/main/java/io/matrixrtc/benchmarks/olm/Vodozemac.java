package io.matrixrtc.benchmarks.olm;

import de.connect2x.trixnity.vodozemac.Curve25519PublicKey;
import de.connect2x.trixnity.vodozemac.olm.Account;
import de.connect2x.trixnity.vodozemac.olm.OlmMessage;
import de.connect2x.trixnity.vodozemac.olm.OlmSessionConfig;
import de.connect2x.trixnity.vodozemac.olm.Session;
import de.connect2x.trixnity.vodozemac.olm.SessionKeys;

/** vodozemac 0.9, in Rust, through trixnity's JNI binding. What it allocates is freed at once. */
final class Vodozemac implements Contender {
  private final Account alice = Account.Companion.invoke();
  private final Account bob = Account.Companion.invoke();
  private final Curve25519PublicKey aliceIdentity = alice.getCurve25519Key();
  private final Curve25519PublicKey bobIdentity = bob.getCurve25519Key();
  private final Curve25519PublicKey bobFallbackKey;
  private final OlmSessionConfig version1 = OlmSessionConfig.Companion.v1();
  private final Session sending;
  private final Session receiving;

  Vodozemac() {
    bob.generateFallbackKey();
    bobFallbackKey = bob.getFallbackKey().component2();
    sending = outbound();
    OlmMessage.PreKey.Bytes first = (OlmMessage.PreKey.Bytes) sending.encrypt(new byte[1]);
    receiving = bob.createInboundSession(first, aliceIdentity).getSession();
    sending.decrypt(receiving.encrypt(new byte[1]));
    receiving.decrypt(sending.encrypt(new byte[1]));
  }

  private Session outbound() {
    return alice.createOutboundSession(bobIdentity, bobFallbackKey, version1);
  }

  @Override
  public String startOutbound(byte[] plaintext) {
    try (Session session = outbound()) {
      return body(session.encrypt(plaintext));
    }
  }

  @Override
  public byte[] startInbound(String body) {
    OlmMessage.PreKey.Bytes message = OlmMessage.PreKey.Bytes.Companion.invoke(body);
    Account.InboundSessionCreationResult<byte[]> created =
        bob.createInboundSession(message, aliceIdentity);
    free(message);
    created.getSession().close();
    return created.getPlaintext().getValue();
  }

  @Override
  public String encryptNext(byte[] plaintext) {
    return body(sending.encrypt(plaintext));
  }

  @Override
  public byte[] decryptNext(String body) {
    OlmMessage.Normal.Bytes message = OlmMessage.Normal.Bytes.Companion.invoke(body);
    byte[] plaintext = receiving.decrypt(message);
    free(message);
    return plaintext;
  }

  private static String body(OlmMessage message) {
    String body = message.getBase64();
    free(message);
    return body;
  }

  private static void free(OlmMessage message) {
    message.getMessage().close();
    SessionKeys keys = message.getSessionKeys();
    if (keys != null) {
      keys.close();
    }
  }

  @Override
  public void close() {
    sending.close();
    receiving.close();
    alice.close();
    bob.close();
  }
}

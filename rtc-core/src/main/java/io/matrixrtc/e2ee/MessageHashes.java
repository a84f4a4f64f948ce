package io.matrixrtc.e2ee;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.OlmMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Set;

/** Tells a replayed message from a broken session, by the hashes of what was decrypted before. */
final class MessageHashes {
  private final CryptoStore store;
  private final UnitOfWork work;
  private final Set<String> notWrittenYet = new HashSet<>();

  MessageHashes(CryptoStore store, UnitOfWork work) {
    this.store = store;
    this.work = work;
  }

  /** SHA-256 of the sender's key as text, the type in one byte, and the message, in base64. */
  static String of(Curve25519PublicKey senderKey, OlmMessage message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(senderKey.toBase64().getBytes(StandardCharsets.US_ASCII));
      digest.update((byte) message.type());
      digest.update(message.encode());
      return Base64Text.encode(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  boolean contains(String hash) throws CryptoStoreException {
    return notWrittenYet.contains(hash) || store.hasMessageHash(hash);
  }

  void add(String hash) {
    notWrittenYet.add(hash);
    work.changes().messageHash(hash);
  }

  /** Everything added so far is in the store. */
  void written() {
    notWrittenYet.clear();
  }
}

package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import java.util.Arrays;

/**
 * The key of a group session as its owner hands it out in {@code m.room_key}: readable from one
 * index on and signed by the session's own key. A secret; wipes itself when closed.
 *
 * <pre>| version 2 | index 4 | ratchet 128 | Ed25519 public key 32 | signature 64 |</pre>
 */
public final class SessionKey implements AutoCloseable {
  /** Length in bytes. */
  public static final int BYTES = SessionKeyBlock.BYTES + Ed25519Signature.BYTES;

  private static final int VERSION = 2;

  private final SessionKeyBlock block;
  private final Ed25519Signature signature;

  private SessionKey(SessionKeyBlock block, Ed25519Signature signature) {
    this.block = block;
    this.signature = signature;
  }

  /** Returns the signed key of a session that we own; copies the ratchet. */
  static SessionKey of(MegolmRatchet ratchet, MessageSigner signingKey) {
    SessionKeyBlock block = new SessionKeyBlock(ratchet.copy(), signingKey.publicKey());
    return new SessionKey(block, signingKey.sign(block.write(VERSION, SessionKeyBlock.BYTES)));
  }

  /**
   * Reads base64 without padding.
   *
   * @throws MegolmException.MalformedKey if it is no session key, or its signature is wrong
   */
  public static SessionKey fromBase64(String text) throws MegolmException.MalformedKey {
    byte[] bytes;
    try {
      bytes = Base64Text.decodeUnpadded(text); // MEGOLM-KEY64
    } catch (MalformedBase64Exception e) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.BASE64);
    }
    try {
      return read(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static SessionKey read(byte[] bytes) throws MegolmException.MalformedKey {
    SessionKeyBlock block = SessionKeyBlock.read(bytes, VERSION, BYTES);
    byte[] signed = Arrays.copyOf(bytes, SessionKeyBlock.BYTES);
    Ed25519Signature signature =
        Ed25519Signature.owned(Arrays.copyOfRange(bytes, SessionKeyBlock.BYTES, BYTES));
    boolean valid = block.signingKey().verify(signed, signature);
    Arrays.fill(signed, (byte) 0);
    if (!valid) {
      block.ratchet().wipe();
      throw new MegolmException.MalformedKey(SessionKeyDefect.BAD_SIGNATURE); // MEGOLM-KEYSIG
    }
    return new SessionKey(block, signature);
  }

  /** Returns the text to send. It is as secret as the key. */
  public String toBase64() {
    byte[] bytes = block.write(VERSION, BYTES);
    System.arraycopy(signature.raw(), 0, bytes, SessionKeyBlock.BYTES, Ed25519Signature.BYTES);
    String text = Base64Text.encode(bytes);
    Arrays.fill(bytes, (byte) 0);
    return text;
  }

  /** The session's id: base64 of its Ed25519 key; 43 characters. */
  public String sessionId() {
    return block.signingKey().toBase64();
  }

  /** The first index that the key can read, 0 to 2^32 − 1. */
  public long index() {
    return block.ratchet().index();
  }

  SessionKeyBlock block() {
    return block;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    block.ratchet().wipe();
  }

  @Override
  public String toString() {
    return "SessionKey[" + sessionId() + " from " + index() + "]";
  }
}

package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import java.util.Arrays;

/**
 * The key of a group session as it is exported, backed up or forwarded: readable from one index on
 * and not signed, so that it says nothing about who owns the session. A secret; wipes itself when
 * closed.
 *
 * <pre>| version 1 | index 4 | ratchet 128 | Ed25519 public key 32 |</pre>
 */
public final class ExportedSessionKey implements AutoCloseable {
  /** Length in bytes. */
  public static final int BYTES = SessionKeyBlock.BYTES;

  private static final int VERSION = 1;

  private final SessionKeyBlock block;

  /** Takes over the block. */
  ExportedSessionKey(SessionKeyBlock block) {
    this.block = block;
  }

  /**
   * Reads base64 without padding, of exactly {@value #BYTES} bytes.
   *
   * @throws MegolmException.MalformedKey if it is no exported session key
   */
  public static ExportedSessionKey fromBase64(String text) throws MegolmException.MalformedKey {
    byte[] bytes;
    try {
      bytes = Base64Text.decodeUnpadded(text); // MEGOLM-KEY64
    } catch (MalformedBase64Exception e) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.BASE64);
    }
    try {
      return new ExportedSessionKey(SessionKeyBlock.read(bytes, VERSION, BYTES));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Returns the text to export. It is as secret as the key. */
  public String toBase64() {
    byte[] bytes = block.write(VERSION, BYTES);
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
    return "ExportedSessionKey[" + sessionId() + " from " + index() + "]";
  }
}

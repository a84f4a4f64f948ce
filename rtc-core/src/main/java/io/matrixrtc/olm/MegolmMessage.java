package io.matrixrtc.olm;

import java.util.Arrays;

/**
 * A message to a group: a shape, of which nothing is authentic before a session has decrypted it.
 * Immutable.
 *
 * <pre>| version 1 | index (field 1) | ciphertext (field 2) | MAC 8 or 32 | signature 64 |</pre>
 */
public final class MegolmMessage {
  private static final int MESSAGE_INDEX = 1;
  private static final int CIPHERTEXT = 2;
  private static final int SHORTEST_PAYLOAD = 1;

  private final SessionConfig config;
  private final long index;
  private final byte[] ciphertext;
  private final byte[] mac;
  private final Ed25519Signature signature;

  private MegolmMessage(
      SessionConfig config, long index, byte[] ciphertext, byte[] mac, Ed25519Signature signature) {
    this.config = config;
    this.index = index;
    this.ciphertext = ciphertext;
    this.mac = mac;
    this.signature = signature;
  }

  /** Encrypts {@code plaintext} at the ratchet's index and signs it. */
  static MegolmMessage seal(
      SessionConfig config, MegolmRatchet ratchet, MessageSigner signingKey, byte[] plaintext) {
    try (MessageCipher cipher = ratchet.cipher()) {
      byte[] ciphertext = cipher.encrypt(plaintext);
      byte[] mac = cipher.mac(payload(config, ratchet.index(), ciphertext), config.macBytes());
      byte[] signed = signed(config, ratchet.index(), ciphertext, mac);
      return new MegolmMessage(config, ratchet.index(), ciphertext, mac, signingKey.sign(signed));
    }
  }

  /**
   * Reads the decoded {@code ciphertext} of an encrypted event. Allocates no more than its length.
   *
   * @throws MegolmException.Malformed if the bytes are no such message
   */
  public static MegolmMessage decode(byte[] body) throws MegolmException.Malformed {
    SessionConfig config = configOf(body);
    int signatureAt = body.length - Ed25519Signature.BYTES;
    int macAt = signatureAt - config.macBytes();
    if (macAt < 1 + SHORTEST_PAYLOAD) {
      throw new MegolmException.Malformed(MessageDefect.TOO_SHORT); // MEGOLM-SHORT
    }
    long index = 0;
    byte[] ciphertext = {};
    try {
      WireReader reader = new WireReader(body, 1, macAt);
      for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
        switch (field) {
          // A proto3 uint32 keeps the lower half; the signature over the fields as written
          // canonically then fails.
          case MESSAGE_INDEX -> index = reader.integer() & MegolmRatchet.MAX_INDEX;
          case CIPHERTEXT -> ciphertext = reader.bytes();
          default -> reader.skip();
        }
      }
    } catch (WireFormatException e) {
      throw new MegolmException.Malformed(MessageDefect.BAD_FIELDS);
    }
    byte[] mac = Arrays.copyOfRange(body, macAt, signatureAt);
    byte[] signature = Arrays.copyOfRange(body, signatureAt, body.length);
    return new MegolmMessage(config, index, ciphertext, mac, Ed25519Signature.owned(signature));
  }

  private static SessionConfig configOf(byte[] body) throws MegolmException.Malformed {
    if (body.length == 0) {
      throw new MegolmException.Malformed(MessageDefect.MISSING_VERSION);
    }
    for (SessionConfig config : SessionConfig.values()) {
      if (body[0] == config.messageVersion()) {
        return config;
      }
    }
    throw new MegolmException.Malformed(MessageDefect.UNSUPPORTED_VERSION); // MEGOLM-VER
  }

  /** Returns the bytes of the message in canonical form. */
  public byte[] encode() {
    byte[] signed = signed();
    byte[] message = Arrays.copyOf(signed, signed.length + Ed25519Signature.BYTES);
    System.arraycopy(signature.raw(), 0, message, signed.length, Ed25519Signature.BYTES);
    return message;
  }

  /** The configuration that the message is of. */
  public SessionConfig config() {
    return config;
  }

  /** The message's place in its session, 0 to 2^32 − 1. */
  public long index() {
    return index;
  }

  /** What the MAC covers, written canonically. */
  byte[] authenticated() {
    return payload(config, index, ciphertext);
  }

  /** What the signature covers: the MAC as well. */
  byte[] signed() {
    return signed(config, index, ciphertext, mac);
  }

  byte[] ciphertext() {
    return ciphertext;
  }

  byte[] mac() {
    return mac;
  }

  Ed25519Signature signature() {
    return signature;
  }

  private static byte[] payload(SessionConfig config, long index, byte[] ciphertext) {
    return writePayload(config, index, ciphertext).toBytes();
  }

  private static byte[] signed(SessionConfig config, long index, byte[] ciphertext, byte[] mac) {
    return writePayload(config, index, ciphertext).raw(mac).toBytes();
  }

  private static WireWriter writePayload(SessionConfig config, long index, byte[] ciphertext) {
    return new WireWriter(config.messageVersion())
        .integer(MESSAGE_INDEX, index)
        .bytes(CIPHERTEXT, ciphertext);
  }

  @Override
  public String toString() {
    return "MegolmMessage[index " + index + ", " + ciphertext.length + " bytes]";
  }
}

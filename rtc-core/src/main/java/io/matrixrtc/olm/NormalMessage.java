package io.matrixrtc.olm;

import java.util.Arrays;

/**
 * A message inside a session. Immutable.
 *
 * <pre>
 * | version 1 | ratchet key (field 1) | chain index (field 2) | ciphertext (field 4) | MAC 8 or 32 |
 * </pre>
 */
public final class NormalMessage implements OlmMessage {
  private static final int RATCHET_KEY = 1;
  private static final int CHAIN_INDEX = 2;
  private static final int CIPHERTEXT = 4;
  private static final int SHORTEST_PAYLOAD = 1;

  private final SessionConfig config;
  private final Curve25519PublicKey ratchetKey;
  private final long chainIndex;
  private final byte[] ciphertext;
  private final byte[] mac;

  private NormalMessage(
      SessionConfig config,
      Curve25519PublicKey ratchetKey,
      long chainIndex,
      byte[] ciphertext,
      byte[] mac) {
    this.config = config;
    this.ratchetKey = ratchetKey;
    this.chainIndex = chainIndex;
    this.ciphertext = ciphertext;
    this.mac = mac;
  }

  /** Encrypts {@code plaintext} with a message key. */
  static NormalMessage seal(
      SessionConfig config, Curve25519PublicKey ratchetKey, MessageKey key, byte[] plaintext) {
    try (MessageCipher cipher = key.cipher()) {
      byte[] ciphertext = cipher.encrypt(plaintext);
      byte[] payload = payload(config, ratchetKey, key.index(), ciphertext);
      byte[] mac = cipher.mac(payload, config.macBytes());
      return new NormalMessage(config, ratchetKey, key.index(), ciphertext, mac);
    }
  }

  /**
   * Reads the decoded body of a message of type 1.
   *
   * @throws OlmException.Malformed if the bytes are no such message
   */
  public static NormalMessage decode(byte[] body) throws OlmException.Malformed {
    SessionConfig config = configOf(body);
    int payloadEnd = body.length - config.macBytes();
    if (payloadEnd < 1 + SHORTEST_PAYLOAD) {
      throw new OlmException.Malformed(MessageDefect.TOO_SHORT); // OLM-SHORT
    }
    byte[] ratchetKey = {};
    byte[] ciphertext = {};
    long chainIndex = 0;
    try {
      WireReader reader = new WireReader(body, 1, payloadEnd);
      for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
        switch (field) {
          case RATCHET_KEY -> ratchetKey = reader.bytes();
          case CHAIN_INDEX -> chainIndex = reader.integer();
          case CIPHERTEXT -> ciphertext = reader.bytes();
          default -> reader.skip();
        }
      }
    } catch (WireFormatException e) {
      throw new OlmException.Malformed(MessageDefect.BAD_FIELDS);
    }
    byte[] mac = Arrays.copyOfRange(body, payloadEnd, body.length);
    return new NormalMessage(config, PreKeyMessage.key(ratchetKey), chainIndex, ciphertext, mac);
  }

  private static SessionConfig configOf(byte[] body) throws OlmException.Malformed {
    if (body.length == 0) {
      throw new OlmException.Malformed(MessageDefect.MISSING_VERSION);
    }
    for (SessionConfig config : SessionConfig.values()) {
      if (body[0] == config.messageVersion()) {
        return config;
      }
    }
    throw new OlmException.Malformed(MessageDefect.UNSUPPORTED_VERSION); // OLM-VER
  }

  @Override
  public int type() {
    return TYPE_NORMAL;
  }

  @Override
  public byte[] encode() {
    byte[] payload = authenticated();
    byte[] message = Arrays.copyOf(payload, payload.length + mac.length);
    System.arraycopy(mac, 0, message, payload.length, mac.length);
    return message;
  }

  /** The configuration that the message is of. */
  public SessionConfig config() {
    return config;
  }

  /** The sender's ratchet key at this message. */
  public Curve25519PublicKey ratchetKey() {
    return ratchetKey;
  }

  /** The message's place in its chain, unsigned. */
  public long chainIndex() {
    return chainIndex;
  }

  /** What the MAC covers: the fields written canonically, whatever they looked like (OLM-CANON). */
  byte[] authenticated() {
    return payload(config, ratchetKey, chainIndex, ciphertext);
  }

  byte[] ciphertext() {
    return ciphertext;
  }

  byte[] mac() {
    return mac;
  }

  private static byte[] payload(
      SessionConfig config, Curve25519PublicKey ratchetKey, long chainIndex, byte[] ciphertext) {
    return new WireWriter(config.messageVersion())
        .bytes(RATCHET_KEY, ratchetKey.raw())
        .integer(CHAIN_INDEX, chainIndex)
        .bytes(CIPHERTEXT, ciphertext)
        .toBytes();
  }

  @Override
  public String toString() {
    return "NormalMessage[%s, index %s, %d bytes]"
        .formatted(ratchetKey, Long.toUnsignedString(chainIndex), ciphertext.length);
  }
}

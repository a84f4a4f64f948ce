package io.matrixrtc.olm;

/**
 * A message that can start a session at its receiver. Immutable. The wrapper has no MAC of its own.
 *
 * <pre>| version 3 | one-time key (1) | base key (2) | identity key (3) | normal message (4) |
 * </pre>
 */
public final class PreKeyMessage implements OlmMessage {
  private static final int VERSION = 3;
  private static final int ONE_TIME_KEY = 1;
  private static final int BASE_KEY = 2;
  private static final int IDENTITY_KEY = 3;
  private static final int MESSAGE = 4;

  private final SessionKeys keys;
  private final NormalMessage message;

  PreKeyMessage(SessionKeys keys, NormalMessage message) {
    this.keys = keys;
    this.message = message;
  }

  /**
   * Reads the decoded body of a message of type 0.
   *
   * @throws OlmException.Malformed if the bytes are no such message
   */
  public static PreKeyMessage decode(byte[] body) throws OlmException.Malformed {
    if (body.length == 0) {
      throw new OlmException.Malformed(MessageDefect.MISSING_VERSION);
    }
    if (body[0] != VERSION) {
      throw new OlmException.Malformed(MessageDefect.UNSUPPORTED_VERSION); // OLM-VER
    }
    byte[] oneTimeKey = {};
    byte[] baseKey = {};
    byte[] identityKey = {};
    byte[] message = {};
    try {
      WireReader reader = new WireReader(body, 1, body.length);
      for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
        switch (field) {
          case ONE_TIME_KEY -> oneTimeKey = reader.bytes();
          case BASE_KEY -> baseKey = reader.bytes();
          case IDENTITY_KEY -> identityKey = reader.bytes();
          case MESSAGE -> message = reader.bytes();
          default -> reader.skip();
        }
      }
    } catch (WireFormatException e) {
      throw new OlmException.Malformed(MessageDefect.BAD_FIELDS);
    }
    SessionKeys keys = new SessionKeys(key(identityKey), key(baseKey), key(oneTimeKey));
    return new PreKeyMessage(keys, NormalMessage.decode(message));
  }

  /** Reads a key field; a missing one is empty and so fails here (OLM-KEY). */
  static Curve25519PublicKey key(byte[] field) throws OlmException.Malformed {
    try {
      return Curve25519PublicKey.of(field);
    } catch (KeyFormatException e) {
      throw new OlmException.Malformed(MessageDefect.BAD_KEY);
    }
  }

  @Override
  public int type() {
    return TYPE_PRE_KEY;
  }

  @Override
  public byte[] encode() {
    return new WireWriter(VERSION)
        .bytes(ONE_TIME_KEY, keys.oneTimeKey().raw())
        .bytes(BASE_KEY, keys.baseKey().raw())
        .bytes(IDENTITY_KEY, keys.identityKey().raw())
        .bytes(MESSAGE, message.encode())
        .toBytes();
  }

  /** Id of the session that this message belongs to or can start; 43 characters. */
  public String sessionId() {
    return keys.sessionId();
  }

  /** Identity key of the device that started the session. */
  public Curve25519PublicKey identityKey() {
    return keys.identityKey();
  }

  /** The key that the session's starter made for this session. */
  public Curve25519PublicKey baseKey() {
    return keys.baseKey();
  }

  /** The receiver's one-time or fallback key that the session was started with. */
  public Curve25519PublicKey oneTimeKey() {
    return keys.oneTimeKey();
  }

  /** The wrapped message. */
  public NormalMessage message() {
    return message;
  }

  /** The three keys together. */
  SessionKeys keys() {
    return keys;
  }

  @Override
  public String toString() {
    return "PreKeyMessage[session " + sessionId() + ", " + message + "]";
  }
}

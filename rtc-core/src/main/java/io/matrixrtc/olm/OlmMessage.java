package io.matrixrtc.olm;

/**
 * An Olm message as it travels: a shape, of which nothing is authentic before a session has
 * decrypted it.
 */
public sealed interface OlmMessage permits PreKeyMessage, NormalMessage {
  /** The {@code type} of messages that can start a session. */
  int TYPE_PRE_KEY = 0;

  /** The {@code type} of all other messages. */
  int TYPE_NORMAL = 1;

  /**
   * Reads the decoded {@code body} of a message. Allocates no more than the body's length.
   *
   * @throws OlmException.Malformed if the type is unknown or the bytes are no message of it
   */
  static OlmMessage decode(int type, byte[] body) throws OlmException.Malformed {
    return switch (type) {
      case TYPE_PRE_KEY -> PreKeyMessage.decode(body);
      case TYPE_NORMAL -> NormalMessage.decode(body);
      default -> throw new OlmException.Malformed(MessageDefect.UNKNOWN_TYPE); // OLM-TYPE
    };
  }

  /** {@link #TYPE_PRE_KEY} or {@link #TYPE_NORMAL}. */
  int type();

  /** Returns the bytes of the message in canonical form. */
  byte[] encode();
}

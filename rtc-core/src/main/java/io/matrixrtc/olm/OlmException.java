package io.matrixrtc.olm;

/**
 * An Olm operation was refused. Nothing has changed: neither the session nor the account. Messages
 * hold numbers and public keys only.
 */
public abstract sealed class OlmException extends Exception {
  private static final long serialVersionUID = 1L;

  private OlmException(String message) {
    super(message);
  }

  /** The bytes are no Olm message. */
  public static final class Malformed extends OlmException {
    private static final long serialVersionUID = 1L;
    private final MessageDefect defect;

    Malformed(MessageDefect defect) {
      super("malformed Olm message: " + defect);
      this.defect = defect;
    }

    /** What is wrong with the bytes. */
    public MessageDefect defect() {
      return defect;
    }
  }

  /** The message is of another {@link SessionConfig} than the session. */
  public static final class ConfigMismatch extends OlmException {
    private static final long serialVersionUID = 1L;
    private final SessionConfig expected;
    private final SessionConfig found;

    ConfigMismatch(SessionConfig expected, SessionConfig found) {
      super("Olm message of configuration " + found + ", want " + expected);
      this.expected = expected;
      this.found = found;
    }

    /** The configuration of the session. */
    public SessionConfig expected() {
      return expected;
    }

    /** The configuration of the message. */
    public SessionConfig found() {
      return found;
    }
  }

  /** The message was not made by the other side of this session, or was altered. */
  public static final class NotAuthentic extends OlmException {
    private static final long serialVersionUID = 1L;
    private final AuthenticityCheck check;

    NotAuthentic(AuthenticityCheck check) {
      super("Olm message is not authentic: " + check);
      this.check = check;
    }

    /** The check that failed. */
    public AuthenticityCheck check() {
      return check;
    }
  }

  /** The key of this message is gone: it was decrypted before, or too many came between. */
  public static final class MissingMessageKey extends OlmException {
    private static final long serialVersionUID = 1L;
    private final long chainIndex;

    MissingMessageKey(long chainIndex) {
      super("no key for the Olm message at chain index " + Long.toUnsignedString(chainIndex));
      this.chainIndex = chainIndex;
    }

    /** The index of the message in its chain, unsigned. */
    public long chainIndex() {
      return chainIndex;
    }
  }

  /** The message is too far ahead of what was received so far; the session cannot follow. */
  public static final class GapTooBig extends OlmException {
    private static final long serialVersionUID = 1L;
    private final long gap;

    GapTooBig(long gap) {
      super(
          "Olm message is %s ahead, at most %d are followed"
              .formatted(Long.toUnsignedString(gap), ReceivingChain.MAX_GAP));
      this.gap = gap;
    }

    /** How far ahead the message is, unsigned. */
    public long gap() {
      return gap;
    }

    /** How far ahead a message may be. */
    public long limit() {
      return ReceivingChain.MAX_GAP;
    }
  }

  /** A public key is of small order, so that nothing agreed with it is secret. */
  public static final class NonContributory extends OlmException {
    private static final long serialVersionUID = 1L;

    NonContributory() {
      super("a Curve25519 key is of small order");
    }
  }

  /** The account does not hold the one-time or fallback key that the message was made for. */
  public static final class UnknownOneTimeKey extends OlmException {
    private static final long serialVersionUID = 1L;
    private final transient Curve25519PublicKey key;

    UnknownOneTimeKey(Curve25519PublicKey key) {
      super("unknown one-time key " + key);
      this.key = key;
    }

    /** The public key that the message names. */
    public Curve25519PublicKey key() {
      return key;
    }
  }

  /** The sender key given by the caller is not the identity key inside the message. */
  public static final class IdentityKeyMismatch extends OlmException {
    private static final long serialVersionUID = 1L;
    private final transient Curve25519PublicKey claimed;
    private final transient Curve25519PublicKey inMessage;

    IdentityKeyMismatch(Curve25519PublicKey claimed, Curve25519PublicKey inMessage) {
      super("Olm message of " + inMessage + " claimed to come from " + claimed);
      this.claimed = claimed;
      this.inMessage = inMessage;
    }

    /** The key that the caller gave. */
    public Curve25519PublicKey claimed() {
      return claimed;
    }

    /** The key inside the message. */
    public Curve25519PublicKey inMessage() {
      return inMessage;
    }
  }
}

package io.matrixrtc.olm;

/** A Megolm operation was refused. Nothing has changed. Messages hold numbers only. */
public abstract sealed class MegolmException extends Exception {
  private static final long serialVersionUID = 1L;

  private MegolmException(String message) {
    super(message);
  }

  /** The bytes are no Megolm message. */
  public static final class Malformed extends MegolmException {
    private static final long serialVersionUID = 1L;
    private final MessageDefect defect;

    Malformed(MessageDefect defect) {
      super("malformed Megolm message: " + defect);
      this.defect = defect;
    }

    /** What is wrong with the bytes. */
    public MessageDefect defect() {
      return defect;
    }
  }

  /** The text is no session key. */
  public static final class MalformedKey extends MegolmException {
    private static final long serialVersionUID = 1L;
    private final SessionKeyDefect defect;

    MalformedKey(SessionKeyDefect defect) {
      super("malformed Megolm session key: " + defect);
      this.defect = defect;
    }

    /** What is wrong with the text. */
    public SessionKeyDefect defect() {
      return defect;
    }
  }

  /** The message was not made by the owner of this session, or was altered. */
  public static final class NotAuthentic extends MegolmException {
    private static final long serialVersionUID = 1L;
    private final AuthenticityCheck check;

    NotAuthentic(AuthenticityCheck check) {
      super("Megolm message is not authentic: " + check);
      this.check = check;
    }

    /** The check that failed. */
    public AuthenticityCheck check() {
      return check;
    }
  }

  /** The session is known from a later index on only: ask for an earlier key. */
  public static final class UnknownIndex extends MegolmException {
    private static final long serialVersionUID = 1L;
    private final long firstKnown;
    private final long wanted;

    UnknownIndex(long firstKnown, long wanted) {
      super("Megolm index " + wanted + " is wanted, the session starts at " + firstKnown);
      this.firstKnown = firstKnown;
      this.wanted = wanted;
    }

    /** The first index that the session can read. */
    public long firstKnown() {
      return firstKnown;
    }

    /** The index that was asked for. */
    public long wanted() {
      return wanted;
    }
  }

  /** The message is of another {@link SessionConfig} than the session. */
  public static final class ConfigMismatch extends MegolmException {
    private static final long serialVersionUID = 1L;
    private final SessionConfig expected;
    private final SessionConfig found;

    ConfigMismatch(SessionConfig expected, SessionConfig found) {
      super("Megolm message of configuration " + found + ", want " + expected);
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
}

package io.matrixrtc.token.federation;

/** Another server could not be asked, or its answer is of no use. */
public final class LookupException extends Exception {
  private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    /** The name is no server name. */
    BAD_NAME,
    /** No address belongs to the name. */
    NO_ADDRESS,
    /** All its addresses are ones that must not be reached. */
    REFUSED_ADDRESS,
    /** Nothing there answers, or its certificate is not the server's. */
    UNREACHABLE,
    /** It took too long. */
    TIMEOUT,
    /** The answer is too long. */
    TOO_LARGE,
    /** The answer is not what is wanted. */
    BAD_ANSWER
  }

  private final Reason reason;

  /** Says {@code detail}, which holds no secret. */
  public LookupException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}

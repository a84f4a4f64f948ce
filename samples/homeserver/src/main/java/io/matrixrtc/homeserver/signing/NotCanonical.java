package io.matrixrtc.homeserver.signing;

/** The JSON has no canonical form. */
public final class NotCanonical extends Exception {
  private static final long serialVersionUID = 1L;

  NotCanonical(String what) {
    super("not canonical JSON: " + what);
  }
}

package io.matrixrtc.olm;

/** The bytes are no sequence of well-formed fields. Stays inside this package. */
final class WireFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  WireFormatException() {
    super("bad fields", null, false, false);
  }
}

package io.matrixrtc.cli.demo;

/** Shows a call while it runs. */
interface Display {
  /** Something happened, in a few words. */
  void progress(String what);

  /** Stops showing; what is printed after this stays. Idempotent. */
  void finish();
}

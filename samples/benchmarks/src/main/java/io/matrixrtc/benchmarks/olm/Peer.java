package io.matrixrtc.benchmarks.olm;

/** Another implementation that is measured in the same run. */
enum Peer {
  /** libolm, through JNA. */
  LIBOLM("libolm") {
    @Override
    Contender start() {
      return new Libolm();
    }

    @Override
    String version() {
      return Libolm.version();
    }
  },

  /** vodozemac, through JNI. */
  VODOZEMAC("vodozemac") {
    @Override
    Contender start() {
      return new Vodozemac();
    }

    @Override
    String version() {
      return "0.9";
    }
  };

  private final String text;

  Peer(String text) {
    this.text = text;
  }

  /** Loads the library if need be, and makes two devices. */
  abstract Contender start();

  abstract String version();

  @Override
  public String toString() {
    return text;
  }
}

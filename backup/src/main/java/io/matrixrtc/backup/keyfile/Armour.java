package io.matrixrtc.backup.keyfile;

/** The lines around a key file's base64. */
final class Armour {
  static final String HEADER = "-----BEGIN MEGOLM SESSION DATA-----";
  static final String FOOTER = "-----END MEGOLM SESSION DATA-----";

  private Armour() {}
}

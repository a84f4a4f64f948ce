package io.matrixrtc.olm;

/** Why a text is no Megolm session key, or no export of one. */
public enum SessionKeyDefect {
  /** The text is not base64 without padding. */
  BASE64,
  /** The first byte names another format. */
  UNSUPPORTED_VERSION,
  /** Bytes are missing. */
  TOO_SHORT,
  /** Bytes follow. */
  TOO_LONG,
  /** The Ed25519 key names no point of the curve. */
  BAD_KEY,
  /** The key did not sign itself. */
  BAD_SIGNATURE
}

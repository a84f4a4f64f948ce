package io.matrixrtc.olm;

/** Why bytes are no message. */
public enum MessageDefect {
  /** A message type other than 0 (pre-key) and 1 (normal). */
  UNKNOWN_TYPE,
  /** No bytes at all. */
  MISSING_VERSION,
  /** The first byte names no version that is known here. */
  UNSUPPORTED_VERSION,
  /** No room for a payload before the MAC, and the signature where there is one. */
  TOO_SHORT,
  /** The payload is no sequence of well-formed fields. */
  BAD_FIELDS,
  /** A key field is missing or has another length than 32 bytes. */
  BAD_KEY
}

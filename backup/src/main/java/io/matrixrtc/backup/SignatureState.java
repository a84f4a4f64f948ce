package io.matrixrtc.backup;

/** What one signer's signature of a backup is worth. */
public enum SignatureState {
  /** There is none. */
  MISSING,
  /** There is one, and it is wrong. */
  INVALID,
  /** It is right, but we do not trust the signer. */
  VALID_UNTRUSTED,
  /** It is right, and we trust the signer. */
  VALID_TRUSTED
}

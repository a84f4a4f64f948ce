package io.matrixrtc.benchmarks.olm;

/**
 * One implementation of Olm, with two devices of its own: what each has to do is the same, from
 * plaintext bytes to the base64 body of an event and back. Not thread-safe.
 */
interface Contender extends AutoCloseable {
  /** Starts a session with the other device's fallback key and encrypts its first message. */
  String startOutbound(byte[] plaintext) throws Exception;

  /** Starts a session from a message that {@link #startOutbound} wrote, and decrypts that. */
  byte[] startInbound(String body) throws Exception;

  /** Encrypts one more message over a session that is there, without a ratchet turn. */
  String encryptNext(byte[] plaintext) throws Exception;

  /** Decrypts what {@link #encryptNext} wrote, in that order. */
  byte[] decryptNext(String body) throws Exception;

  @Override
  void close();
}

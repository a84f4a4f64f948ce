package io.matrixrtc.benchmarks.olm;

/**
 * One implementation of Megolm, with a session to write with and its copy to read with: from
 * plaintext bytes to the base64 body of an event and back. Not thread-safe.
 */
interface GroupContender extends AutoCloseable {
  /** Encrypts the session's next message. */
  String encrypt(byte[] plaintext) throws Exception;

  /** Decrypts a message that {@link #encrypt} wrote, its signature checked; any number of times. */
  byte[] decrypt(String body) throws Exception;

  @Override
  void close();
}

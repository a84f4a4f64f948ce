package io.matrixrtc.olm;

/** What a group message says, and where in its session it stands. */
public final class DecryptedGroupMessage {
  private final byte[] plaintext;
  private final long index;

  DecryptedGroupMessage(byte[] plaintext, long index) {
    this.plaintext = plaintext;
    this.index = index;
  }

  /** Returns a copy of the plaintext. */
  public byte[] plaintext() {
    return plaintext.clone();
  }

  /**
   * The message's index. A session decrypts a message as often as it is asked to: the caller must
   * refuse a second event at one index.
   */
  public long index() {
    return index;
  }

  @Override
  public String toString() {
    return "DecryptedGroupMessage[index " + index + ", " + plaintext.length + " bytes]";
  }
}

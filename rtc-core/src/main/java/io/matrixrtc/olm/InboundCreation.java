package io.matrixrtc.olm;

/** A session that a pre-key message started, with what that message said. */
public final class InboundCreation {
  private final Session session;
  private final byte[] plaintext;

  InboundCreation(Session session, byte[] plaintext) {
    this.session = session;
    this.plaintext = plaintext;
  }

  /** The new session, which has received its first message. */
  public Session session() {
    return session;
  }

  /** Returns a copy of the first message's plaintext. */
  public byte[] plaintext() {
    return plaintext.clone();
  }

  @Override
  public String toString() {
    return "InboundCreation[" + session + ", " + plaintext.length + " bytes]";
  }
}

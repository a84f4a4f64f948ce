package io.matrixrtc.olm;

/** What a sealed state is the state of. */
public enum StateKind {
  /** {@link Account}. */
  ACCOUNT(1),
  /** {@link Session}. */
  SESSION(2),
  /** {@link GroupSession}. */
  GROUP_SESSION(3),
  /** {@link InboundGroupSession}. */
  INBOUND_GROUP_SESSION(4);

  private final int number;

  StateKind(int number) {
    this.number = number;
  }

  /** The byte that stands for this kind; never changes. */
  int number() {
    return number;
  }
}

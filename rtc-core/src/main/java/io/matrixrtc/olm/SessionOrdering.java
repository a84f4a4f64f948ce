package io.matrixrtc.olm;

/** How one copy of a group session compares with another. */
public enum SessionOrdering {
  /** Both read from the same index on. */
  EQUAL,
  /** The first reads from an earlier index on. */
  BETTER,
  /** The first reads from a later index on. */
  WORSE,
  /** They are not copies of one session. */
  UNCONNECTED
}

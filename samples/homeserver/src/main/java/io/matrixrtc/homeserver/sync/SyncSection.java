package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.stream.StreamKind;

/** A part of the sync answer that has its own number in the token. */
interface SyncSection {
  /**
   * What a section has read.
   *
   * @param upTo what the next token says for this section: the present, or less if it was cut short
   * @param news whether a waiting sync is to be answered for it
   */
  record Read(long upTo, boolean news) {}

  StreamKind kind();

  /** Adds to the answer what is new since the token, all of it on a first sync. */
  Read read(SyncContext sync, ObjectNode answer);
}

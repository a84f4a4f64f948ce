package io.matrixrtc.homeserver.faults;

import java.time.Duration;

/**
 * What goes wrong with a request. Mind that an HTTP client may repeat a GET by itself when its
 * connection is dropped; the JDK's does.
 */
public sealed interface Fault {

  /** The request is processed only after this time. */
  record DelayRequest(Duration by) implements Fault {}

  /**
   * The request is processed only after so many later ones that the same rule is for: these go
   * first, whatever else they meet. If they do not come, it goes on after some time, and the rule
   * is tried with the next.
   *
   * @param others how many go first, 1 or more
   * @param atMost how long it waits for them; below the patience of the client, which else repeats
   *     the request
   */
  record Reorder(int others, Duration atMost) implements Fault {
    public Reorder {
      if (others < 1) {
        throw new IllegalArgumentException("want 1 other request or more, got " + others);
      }
    }
  }

  /** The request is processed at once, its answer held back for this time. */
  record DelayAnswer(Duration by) implements Fault {}

  /** The connection is closed and nothing is processed. */
  record DropRequest() implements Fault {}

  /** The request is processed, then the connection is closed instead of answering. */
  record DropAnswer() implements Fault {}

  /**
   * The request is processed; of its answer's body only so many bytes are sent. Then the connection
   * is closed, or the body ends as if it was whole, as behind a careless proxy.
   */
  record CutAnswer(long bytes, boolean asIfWhole) implements Fault {
    public CutAnswer {
      if (bytes < 0) {
        throw new IllegalArgumentException("want 0 bytes or more, got " + bytes);
      }
    }
  }

  /** The request is processed; its answer's body comes in small pieces with a pause before each. */
  record SlowAnswer(int pieceBytes, Duration pause) implements Fault {
    public SlowAnswer {
      if (pieceBytes < 1) {
        throw new IllegalArgumentException("want pieces of 1 byte or more, got " + pieceBytes);
      }
    }
  }

  /** 429 without processing. */
  record TooManyRequests(Duration retryAfter) implements Fault {}

  /** An error of this status with errcode {@code M_UNKNOWN}, without processing. */
  record ServerError(int status) implements Fault {
    public ServerError {
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("want a status of 400 to 599, got " + status);
      }
    }
  }
}

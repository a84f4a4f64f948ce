package io.matrixrtc.homeserver.http;

import java.util.Optional;

/**
 * The end of a request.
 *
 * @param userId who asked, where that is known
 * @param dropped the answer is not sent: the connection is closed instead
 */
public record Outcome(Answer.Ready answer, Optional<String> userId, boolean dropped) {
  static Outcome sent(Answer.Ready answer, Optional<String> userId) {
    return new Outcome(answer, userId, false);
  }
}

package io.matrixrtc.token.federation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.token.federation.LookupException.Reason;
import io.vertx.core.Future;
import java.net.URI;
import java.util.Optional;

/** Fetches {@code .well-known} files. */
final class WellKnown {
  /** Redirects that are followed. */
  static final int MAX_REDIRECTS = 5;

  private WellKnown() {}

  /**
   * Returns the file as JSON; empty if there is none. Redirects lead to {@code https} alone, and
   * each host on the way passes the same checks (NET-REDIRECT).
   */
  static Future<Optional<ObjectNode>> fetch(CheckedHttp http, URI file, Deadline deadline) {
    return fetch(http, file, MAX_REDIRECTS, deadline);
  }

  private static Future<Optional<ObjectNode>> fetch(
      CheckedHttp http, URI file, int redirects, Deadline deadline) {
    if (!"https".equalsIgnoreCase(file.getScheme())
        || file.getHost() == null
        || file.getPort() > 65_535
        || file.getRawUserInfo() != null) {
      return Future.failedFuture(
          new LookupException(Reason.BAD_ANSWER, "the redirect leads to no https host"));
    }
    String path = file.getRawPath().isEmpty() ? "/" : file.getRawPath();
    String query = file.getRawQuery() == null ? "" : "?" + file.getRawQuery();
    return http.get(Peer.of(file), path + query, deadline)
        .compose(answer -> onAnswer(http, file, redirects, deadline, answer));
  }

  private static Future<Optional<ObjectNode>> onAnswer(
      CheckedHttp http, URI file, int redirects, Deadline deadline, Answer answer) {
    if (answer.status() / 100 == 3 && answer.location().isPresent()) {
      if (redirects == 0) {
        return Future.failedFuture(
            new LookupException(Reason.BAD_ANSWER, "more than " + MAX_REDIRECTS + " redirects"));
      }
      try {
        return fetch(http, file.resolve(answer.location().get()), redirects - 1, deadline);
      } catch (IllegalArgumentException e) {
        return Future.failedFuture(
            new LookupException(Reason.BAD_ANSWER, "the redirect leads to no address"));
      }
    }
    return Future.succeededFuture(answer.status() == 200 ? answer.json() : Optional.empty());
  }
}

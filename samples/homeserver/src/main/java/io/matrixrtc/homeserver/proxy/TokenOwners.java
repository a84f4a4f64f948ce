package io.matrixrtc.homeserver.proxy;

import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Json;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Whose access tokens are whose, as the homeserver says; each is asked for once. */
final class TokenOwners {
  private final Map<String, CompletableFuture<Optional<String>>> known = new ConcurrentHashMap<>();

  /** The user of a token; empty where the homeserver knows none, or does not answer. */
  CompletableFuture<Optional<String>> ownerOf(Optional<String> token, Upstream upstream) {
    if (token.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<String>> asked = new CompletableFuture<>();
    CompletableFuture<Optional<String>> earlier = known.putIfAbsent(token.get(), asked);
    if (earlier != null) {
      return earlier;
    }
    asking(token.get(), upstream)
        .thenApply(TokenOwners::userId)
        .exceptionally(failure -> Optional.empty())
        .thenAccept(
            owner -> {
              if (owner.isEmpty()) {
                known.remove(token.get());
              }
              asked.complete(owner);
            });
    return asked;
  }

  private static CompletableFuture<Answer.Ready> asking(String token, Upstream upstream) {
    try {
      return upstream.whoami(token);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e); // no header can hold such a token
    }
  }

  private static Optional<String> userId(Answer.Ready answer) {
    return answer instanceof Answer.Bytes whole && whole.status() == 200
        ? Optional.of(Json.parse(whole.bytes()).path("user_id").asText())
        : Optional.empty();
  }
}

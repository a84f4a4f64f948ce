package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.UserInteractiveAuth;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The app's part in user-interactive authentication: shows the homeserver that it is the user.
 * Called on the client's scheduler; must not block.
 */
@FunctionalInterface
public interface UserAuthentication {
  /**
   * Answers with the {@code auth} object of one stage, or with nothing to give up. Asked again for
   * each further stage, and when an answer was wrong: then {@link UserInteractiveAuth#error} says
   * so.
   */
  CompletionStage<Optional<ObjectNode>> answer(UserInteractiveAuth challenge);

  /** Gives up where the homeserver wants anything. */
  static UserAuthentication none() {
    return challenge -> CompletableFuture.completedFuture(Optional.empty());
  }

  /** Answers with the user's password where that is enough, once. */
  static UserAuthentication password(String userId, String password) {
    return challenge -> {
      Optional<ObjectNode> answer = Optional.empty();
      if (challenge.error().isEmpty() && challenge.wantsOnly("m.login.password")) {
        answer = Optional.of(challenge.password(userId, password));
      } else if (challenge.error().isEmpty() && challenge.wantsOnly("m.login.dummy")) {
        answer = Optional.of(challenge.answer("m.login.dummy"));
      }
      return CompletableFuture.completedFuture(answer);
    };
  }
}

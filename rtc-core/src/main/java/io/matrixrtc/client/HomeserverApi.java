package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Sends requests to one homeserver, repeats those that may work later, and reads answers and
 * errors. Any thread may call; stages complete on the scheduler of the settings, exceptionally only
 * when closed.
 */
public final class HomeserverApi {
  private final URI homeserver;
  private final Optional<AccessToken> token;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final AnswerReader reader;
  private final OpenCalls open;

  HomeserverApi(URI homeserver, Optional<AccessToken> token, ClientSettings settings) {
    this.homeserver = homeserver;
    this.token = token;
    this.settings = settings;
    this.scheduler = settings.scheduler();
    this.reader = new AnswerReader(homeserver.toString());
    this.open = new OpenCalls(scheduler);
  }

  /** The homeserver's base URL. */
  public URI homeserver() {
    return homeserver;
  }

  ClientSettings settings() {
    return settings;
  }

  Optional<AccessToken> token() {
    return token;
  }

  AnswerReader reader() {
    return reader;
  }

  OpenCalls open() {
    return open;
  }

  /** Sends a request, and repeats it as the policy says; completes with the last try's result. */
  public CompletionStage<ApiResult<ObjectNode>> call(ApiRequest request) {
    return begin(request, ObjectNode.class, true);
  }

  /** Sends a request once. */
  public CompletionStage<ApiResult<ObjectNode>> once(ApiRequest request) {
    return begin(request, ObjectNode.class, false);
  }

  /** As {@link #once(ApiRequest)}, for a request that is answered with an array. */
  public CompletionStage<ApiResult<ArrayNode>> onceForArray(ApiRequest request) {
    return begin(request, ArrayNode.class, false);
  }

  private <T extends JsonNode> CompletionStage<ApiResult<T>> begin(
      ApiRequest request, Class<T> shape, boolean repeats) {
    ApiCall<T> call = new ApiCall<>(this, request, shape, repeats);
    scheduler.execute(() -> open.begin(call));
    return call.end();
  }

  /** CLIENT-CLOSE: calls under way and later ones complete exceptionally; nothing is repeated. */
  void close() {
    scheduler.execute(open::close);
  }
}

package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one homeserver, repeats those that may work later, and reads answers and
 * errors. Any thread may call; stages complete on the scheduler of the settings, exceptionally only
 * when closed.
 */
public final class HomeserverApi {
  private final URI homeserver;
  private final Optional<LoginTokens> tokens;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final AnswerReader reader;
  private final OpenCalls open;
  private final Set<ApiStream> streams = new HashSet<>();
  private boolean closed;

  /** The API without a login. */
  HomeserverApi(URI homeserver, ClientSettings settings) {
    this(homeserver, Optional.empty(), settings);
  }

  /** The API for a login. */
  HomeserverApi(MatrixSession session, ClientSettings settings) {
    this(session.homeserver(), Optional.of(session), settings);
  }

  private HomeserverApi(URI homeserver, Optional<MatrixSession> session, ClientSettings settings) {
    this.homeserver = homeserver;
    this.settings = settings;
    this.scheduler = settings.scheduler();
    this.reader = new AnswerReader(homeserver.toString());
    this.open = new OpenCalls(scheduler);
    this.tokens = session.map(login -> new LoginTokens(this, login));
  }

  /** The homeserver's base URL. */
  public URI homeserver() {
    return homeserver;
  }

  ClientSettings settings() {
    return settings;
  }

  /** The tokens of the login, if there is one. */
  Optional<LoginTokens> tokens() {
    return tokens;
  }

  /** Gives {@code ready} the token that {@code request} needs, none if it needs none. */
  void authorize(
      ApiRequest request, Consumer<@Nullable AccessToken> ready, Consumer<ApiFailure> refused) {
    if (request.authenticated() && tokens.isPresent()) {
      tokens.get().use(ready::accept, refused);
    } else {
      ready.accept(null);
    }
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

  /**
   * Sends a request once and hands the body of its answer to {@code sink} as it comes, whatever its
   * size; the request's time limit is for the time in which nothing comes.
   *
   * @return completes when the sink has taken all; its future may be cancelled, which breaks the
   *     answer off
   */
  public CompletionStage<ApiResult<Boolean>> stream(ApiRequest request, BodySink sink) {
    ApiStream stream = new ApiStream(this, request, sink);
    scheduler.execute(
        () -> {
          if (closed) {
            stream.close();
          } else {
            streams.add(stream);
            stream.begin();
          }
        });
    return stream.end();
  }

  void ended(ApiStream stream) {
    streams.remove(stream);
  }

  /** CLIENT-CLOSE: calls under way and later ones complete exceptionally; nothing is repeated. */
  void close() {
    scheduler.execute(
        () -> {
          closed = true;
          open.close();
          Set.copyOf(streams).forEach(ApiStream::close);
        });
  }
}

package io.matrixrtc.token;

import io.livekit.server.RoomServiceClient;
import io.livekit.server.okhttp.OkHttpHolder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

/** {@link SfuRooms} by LiveKit's server SDK. */
final class LivekitRooms implements SfuRooms {
  /** How long a room stays open if no one comes. */
  static final Duration EMPTY_TIMEOUT = Duration.ofMinutes(5);

  /** How long a room stays open after the last one left. */
  static final Duration DEPARTURE_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_CALLS = 256;
  private static final int IDLE_CONNECTIONS = 32;
  private static final int NOT_FOUND = 404;

  private final Vertx vertx;
  private final OkHttpClient http;
  private final RoomServiceClient client;

  LivekitRooms(Vertx vertx, String livekitUrl, ApiKey apiKey) {
    this.vertx = vertx;
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(MAX_CALLS);
    dispatcher.setMaxRequestsPerHost(MAX_CALLS);
    this.http =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
            .callTimeout(TIMEOUT)
            .build();
    this.client =
        RoomServiceClient.createClient(
            livekitUrl.replaceFirst("^ws", "http"),
            apiKey.key(),
            apiKey.secret(),
            new OkHttpHolder(http));
  }

  @Override
  public Future<Void> create(String roomAlias) {
    return send(client.createRoom(
            roomAlias,
            (int) EMPTY_TIMEOUT.toSeconds(),
            0, // no limit
            null,
            null,
            null,
            null,
            null,
            (int) DEPARTURE_TIMEOUT.toSeconds()))
        .compose(
            answer -> answer.isSuccessful() ? Future.succeededFuture() : refused(answer.code()));
  }

  @Override
  public Future<Boolean> isPresent(String roomAlias, String identity) {
    return send(client.getParticipant(roomAlias, identity))
        .compose(
            answer ->
                answer.isSuccessful() || answer.code() == NOT_FOUND
                    ? Future.succeededFuture(answer.isSuccessful())
                    : refused(answer.code()));
  }

  private static <T> Future<T> refused(int status) {
    return Future.failedFuture(new IOException("the SFU answers with status " + status));
  }

  /** The answer comes on the caller's context, not on a thread of the SDK. */
  private <T> Future<Response<T>> send(Call<T> call) {
    Promise<Response<T>> answer = Promise.promise();
    Context context = vertx.getOrCreateContext();
    call.enqueue(
        new Callback<>() {
          @Override
          public void onResponse(Call<T> done, Response<T> response) {
            context.runOnContext(now -> answer.complete(response));
          }

          @Override
          public void onFailure(Call<T> done, Throwable error) {
            context.runOnContext(now -> answer.fail(error));
          }
        });
    return answer.future();
  }

  @Override
  public void close() {
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}

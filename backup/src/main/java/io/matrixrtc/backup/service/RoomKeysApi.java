package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.upload.UploadFailure;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.BodySink;
import io.matrixrtc.client.HomeserverApi;
import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The homeserver's endpoints for key backups. Any thread may call; stages complete on the client's
 * scheduler, exceptionally only when the client is closed.
 *
 * <p>Source: Matrix client-server API, "Server-side key backups".
 */
public final class RoomKeysApi implements BackupSource {
  private static final String V3 = "v3";
  private static final String AREA = "room_keys";
  private static final String KEYS = "keys";
  private static final String VERSION = "version";

  /** Servers may build a large answer whole before its first byte comes. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final HomeserverApi api;

  /** Asks with the login of {@code api}. */
  public RoomKeysApi(HomeserverApi api) {
    this.api = api;
  }

  @Override
  public CompletionStage<VersionAnswer> version() {
    return api.call(ApiRequest.get(V3, AREA, VERSION))
        .handle(
            (result, closed) ->
                result == null
                    ? new VersionAnswer.Unknown(FetchFailure.tryAgain(), "The client is closed.")
                    : result.fold(RoomKeysApi::current, RoomKeysApi::noVersion));
  }

  private static VersionAnswer current(ObjectNode answer) {
    Optional<BackupVersion> version = BackupVersion.parse(answer);
    return version.isPresent()
        ? new VersionAnswer.Current(version.get())
        : new VersionAnswer.Unknown(
            FetchFailure.tryAgain(), "What the homeserver says of the backup makes no sense.");
  }

  private static VersionAnswer noVersion(ApiFailure failure) {
    return isNotFound(failure)
        ? new VersionAnswer.None()
        : new VersionAnswer.Unknown(fetchFailure(failure), failure.sentence());
  }

  /** A 404 of Matrix: one of a proxy on the way says nothing about the backup. */
  static boolean isNotFound(ApiFailure failure) {
    return failure instanceof ApiFailure.Refused refused
        && refused.status() == 404
        && refused.errcode().equals("M_NOT_FOUND");
  }

  static FetchFailure fetchFailure(ApiFailure failure) {
    if (failure instanceof ApiFailure.LoggedOut) {
      return new FetchFailure(FetchFailure.Kind.LOGGED_OUT, Optional.empty());
    }
    if (isNotFound(failure)) {
      return new FetchFailure(FetchFailure.Kind.GONE, Optional.empty());
    }
    return new FetchFailure(FetchFailure.Kind.TRY_AGAIN, retryAfter(failure));
  }

  static UploadFailure uploadFailure(ApiFailure failure) {
    if (failure instanceof ApiFailure.LoggedOut) {
      return UploadFailure.of(UploadFailure.Kind.LOGGED_OUT);
    }
    if (isNotFound(failure)) {
      return UploadFailure.of(UploadFailure.Kind.GONE);
    }
    if (failure instanceof ApiFailure.Refused refused
        && refused.errcode().equals("M_WRONG_ROOM_KEYS_VERSION")) {
      return UploadFailure.of(UploadFailure.Kind.WRONG_VERSION);
    }
    return new UploadFailure(UploadFailure.Kind.TRY_AGAIN, retryAfter(failure));
  }

  static Optional<Duration> retryAfter(ApiFailure failure) {
    return failure instanceof ApiFailure.RateLimited limited
        ? limited.retryAfter()
        : Optional.empty();
  }

  /** Makes a new version, which is current at once; completes with its name. */
  public CompletionStage<ApiResult<String>> create(BackupAuth auth) {
    return api.call(ApiRequest.post(auth.toJson(), V3, AREA, VERSION))
        .thenApply(result -> result.map(answer -> answer.path("version").asText()));
  }

  /** Deletes a version and its entries; whether it was deleted before does not matter. */
  public CompletionStage<ApiResult<Boolean>> delete(String version) {
    return api.call(
            new ApiRequest(
                "DELETE",
                List.of(V3, AREA, VERSION, version),
                Map.of(),
                Optional.empty(),
                true,
                true,
                Optional.empty()))
        .thenApply(result -> result.map(answer -> true));
  }

  /** Adds entries, one try. */
  public CompletionStage<ApiResult<ObjectNode>> put(String version, ObjectNode body) {
    return api.once(ApiRequest.put(body, V3, AREA, KEYS).with(VERSION, version));
  }

  /** The entry of one key, one try. */
  public CompletionStage<ApiResult<ObjectNode>> key(String version, RoomKeyId id) {
    return api.once(
        ApiRequest.get(V3, AREA, KEYS, id.roomId(), id.sessionId()).with(VERSION, version));
  }

  /**
   * Reads the entries of one room, as {@code {"sessions": …}}: {@code sink} gets the bytes as they
   * come. One try.
   */
  public CompletionStage<ApiResult<Boolean>> room(String version, String roomId, BodySink sink) {
    return api.stream(
        ApiRequest.get(V3, AREA, KEYS, roomId).with(VERSION, version).within(PATIENCE), sink);
  }

  /**
   * The entries of one room, as {@code {"sessions": …}}, held whole: for rooms of a modest size.
   */
  public CompletionStage<ApiResult<ObjectNode>> room(String version, String roomId) {
    return api.call(ApiRequest.get(V3, AREA, KEYS, roomId).with(VERSION, version).within(PATIENCE));
  }

  /** What to say of an answer that ended too early. */
  ApiFailure brokenOff() {
    return new ApiFailure.Unreachable(api.homeserver().toString(), "its answer broke off");
  }

  @Override
  public Reading read(String version, Body body) {
    CompletableFuture<ApiResult<Boolean>> end =
        api.stream(
                ApiRequest.get(V3, AREA, KEYS).with(VERSION, version).within(PATIENCE), body::take)
            .toCompletableFuture();
    end.whenComplete(
        (result, closed) -> {
          if (result instanceof ApiResult.Ok<Boolean>) {
            body.ended();
          } else if (result instanceof ApiResult.Failed<Boolean> failed) {
            body.failed(fetchFailure(failed.failure()));
          } else {
            body.failed(FetchFailure.tryAgain()); // cancelled, or the client is closed
          }
        });
    return () -> end.cancel(true);
  }
}

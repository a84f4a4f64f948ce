package io.matrixrtc.client;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files on homeservers. What is private must be encrypted before: a file can be read by whoever
 * knows its name. Any thread may call; stages complete on the client's scheduler.
 *
 * <p>Source: Matrix specification, "Content repository".
 */
public final class MediaApi {
  private static final Pattern URI = Pattern.compile("mxc://([^/?#]+)/([0-9A-Za-z_-]{1,255})");

  /** Files may be large, and networks slow. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HomeserverApi api;

  MediaApi(HomeserverApi api) {
    this.api = api;
  }

  /** {@code POST /media/v3/upload}; gives the {@code mxc} URI. */
  public CompletionStage<ApiResult<String>> upload(UploadBody file) {
    return api.call(ApiRequest.upload(file, "v3", "upload").within(PATIENCE))
        .thenApply(
            result ->
                result.fold(
                    answer ->
                        isUri(answer.path("content_uri").asText())
                            ? new ApiResult.Ok<>(answer.path("content_uri").asText())
                            : new ApiResult.Failed<>(
                                new ApiFailure.NotMatrix(
                                    api.homeserver().toString(), "an upload without content_uri")),
                    ApiResult.Failed::new));
  }

  /** Whether {@code text} names a file (HTTP-FILE): it becomes a part of a path. */
  public static boolean isUri(String text) {
    Matcher uri = URI.matcher(text);
    return uri.matches() && ServerName.parse(uri.group(1)).isPresent();
  }

  /**
   * {@code GET /v1/media/download}, one try; gives the bytes, or nothing if there are more than
   * {@code limit}: then it is broken off (HTTP-FILE).
   *
   * @throws IllegalArgumentException if {@code mxc} is none, by {@link #isUri}
   */
  public CompletionStage<ApiResult<Optional<byte[]>>> download(String mxc, int limit) {
    Matcher uri = URI.matcher(mxc);
    if (!isUri(mxc) || !uri.matches()) {
      throw new IllegalArgumentException("want an mxc URI");
    }
    Collected collected = new Collected(limit);
    return api.stream(
            ApiRequest.get("v1", "media", "download", uri.group(1), uri.group(2)).within(PATIENCE),
            collected)
        .thenApply(collected::result);
  }

  /** What has come of a file. Used by one thread at a time, in the order of the transport. */
  private static final class Collected implements BodySink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicBoolean tooLong = new AtomicBoolean();
    private final int limit;

    Collected(int limit) {
      this.limit = limit;
    }

    @Override
    public CompletionStage<Void> take(byte[] next) {
      if (next.length > limit - bytes.size()) {
        tooLong.set(true);
        return CompletableFuture.failedFuture(new IllegalStateException("the file is too long"));
      }
      bytes.writeBytes(next);
      return CompletableFuture.completedFuture(null);
    }

    ApiResult<Optional<byte[]>> result(ApiResult<Boolean> end) {
      return tooLong.get()
          ? new ApiResult.Ok<>(Optional.empty())
          : end.map(whole -> Optional.of(bytes.toByteArray()));
    }
  }
}

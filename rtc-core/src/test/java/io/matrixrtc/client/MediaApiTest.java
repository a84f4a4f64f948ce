package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.media.MediaPolicy;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files over real HTTP, on the embedded homeserver. */
class MediaApiTest {
  private static final int LIMIT = 5_000;

  private EmbeddedHomeserver homeserver;
  private ClientThreads threads;
  private MatrixClient client;

  @BeforeEach
  void start() throws Exception {
    homeserver =
        EmbeddedHomeserver.start(
            HomeserverConfig.defaults()
                .withPort(0)
                .withMedia(MediaPolicy.defaults().withMaxUploadBytes(LIMIT + 1)));
    threads = ClientThreads.start();
    MatrixSession session =
        get(MatrixClient.register(
                homeserver.baseUrl(),
                Credentials.of("alice", "a password", "test"),
                threads.settings()))
            .orThrow();
    client = new MatrixClient(session, threads.settings());
  }

  @AfterEach
  void stop() {
    client.close();
    threads.close();
    homeserver.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static UploadBody file(int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 31); // every value, what is no UTF-8 included
    }
    return UploadBody.of("application/octet-stream", content);
  }

  @Test
  void httpFileUpAndDownUpToTheBoundAndNotOneBeyond() throws Exception {
    String fits = get(client.media().upload(file(LIMIT))).orThrow();
    assertThat(get(client.media().download(fits, LIMIT)).orThrow())
        .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(file(LIMIT).bytes()));
    String longer = get(client.media().upload(file(LIMIT + 1))).orThrow();
    assertThat(get(client.media().download(longer, LIMIT)).orThrow()).isEmpty();
  }

  @Test
  void refusalsAreToldAsSuch() throws Exception {
    assertThat(get(client.media().upload(file(LIMIT + 2))))
        .isInstanceOfSatisfying(
            ApiResult.Failed.class,
            failed ->
                assertThat(failed.failure())
                    .isInstanceOfSatisfying(
                        ApiFailure.Refused.class,
                        refused -> assertThat(refused.errcode()).isEqualTo("M_TOO_LARGE")));
    String gone = "mxc://" + "localhost" + "/nothingHere";
    assertThat(get(client.media().download(gone, LIMIT))).isInstanceOf(ApiResult.Failed.class);
  }

  @Test
  void httpFileNameMustBeAnMxcUri() {
    assertThat(MediaApi.isUri("mxc://example.org:8448/aB_-9")).isTrue();
    for (String bad :
        new String[] {
          "",
          "mxc://",
          "mxc://example.org",
          "mxc://example.org/",
          "mxc://example.org/a/b",
          "mxc://example.org/..",
          "mxc://example.org/a?b",
          "mxc:///a",
          "https://example.org/a",
          "mxc://exa mple/a",
          "mxc://example.org/" + "a".repeat(256)
        }) {
      assertThat(MediaApi.isUri(bad)).as(bad).isFalse();
      assertThatThrownBy(() -> client.media().download(bad, LIMIT))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

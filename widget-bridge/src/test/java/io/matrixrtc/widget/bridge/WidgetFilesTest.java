package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a widget, over HTTP. */
class WidgetFilesTest {
  private final Vertx vertx = Vertx.vertx();
  private int port;

  @BeforeEach
  void serve(@TempDir Path temp) throws Exception {
    Path folder = Files.createDirectories(temp.resolve(".cache/widget"));
    Files.writeString(folder.resolve("index.html"), "the widget");
    Files.writeString(folder.resolve("config.json"), "the package's");
    Files.createDirectories(folder.resolve("assets/.git"));
    Files.writeString(folder.resolve("assets/app.js"), "the program");
    Files.writeString(folder.resolve("assets/.git/config"), "a secret");
    Files.writeString(folder.resolve(".env"), "a secret");
    Files.writeString(folder.resolveSibling("outside.txt"), "a secret");
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(new WidgetFiles(folder, Optional.of("{}")).router(vertx))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void bridgeHiddenAFolderMayLieInAHiddenOneButHiddenFilesAreNotServed() throws Exception {
    assertThat(get("/").body()).as("control").isEqualTo("the widget");
    assertThat(get("/assets/app.js").body()).as("control").isEqualTo("the program");
    for (String path :
        new String[] {
          "/.env",
          "/assets/.git/config",
          "/%2eenv",
          "/assets/%2Egit/config",
          "/../outside.txt",
          "/%2e%2e/outside.txt",
          "/assets/..%2f..%2foutside.txt",
          "/assets/"
        }) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isBetween(400, 499);
      assertThat(answer.body()).as(path).doesNotContain("secret");
    }
  }

  /** Element Call's workers and media need none, and a frame's COEP would need the page's. */
  @Test
  void bridgeCspTheWidgetsFilesHaveNoCoepEither() throws Exception {
    for (String path : new String[] {"/", "/assets/app.js", "/config.json"}) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Referrer-Policy"))
          .as("control")
          .contains("no-referrer");
      assertThat(answer.headers().map().keySet())
          .as(path)
          .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("cross-origin-"));
    }
  }

  @Test
  void theConfigurationOfTheHostIsServedInPlaceOfThePackagesOwn() throws Exception {
    HttpResponse<String> answer = get("/config.json");
    assertThat(answer.body()).isEqualTo("{}");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    for (String path : new String[] {"/", "/assets/app.js", "/config.json"}) {
      assertThat(get(path).headers().map())
          .as(path)
          .containsKey("referrer-policy")
          .doesNotContainKey("cross-origin-embedder-policy");
    }
  }
}

package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdkHttpTransportTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final JdkHttpTransport http = new JdkHttpTransport(threads);
  private final CountDownLatch testEnds = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    testEnds.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private URI on(String path, HttpHandler handler) {
    server.createContext(path, handler);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private HttpAnswer get(URI uri) {
    return http.send(
            new HttpCall("GET", uri, Optional.empty(), Optional.empty(), Duration.ofSeconds(20)))
        .toCompletableFuture()
        .join();
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Test
  void carriesMethodTokenBodyAndAnswer() {
    AtomicReference<String> seen = new AtomicReference<>();
    URI uri =
        on(
            "/echo",
            exchange -> {
              byte[] body = exchange.getRequestBody().readAllBytes();
              seen.set(
                  exchange.getRequestMethod()
                      + " "
                      + exchange.getRequestURI().getRawPath()
                      + " "
                      + exchange.getRequestHeaders().getFirst("Authorization")
                      + " "
                      + exchange.getRequestHeaders().getFirst("Content-Type")
                      + " "
                      + exchange.getRequestHeaders().getFirst("Upgrade")
                      + " "
                      + new String(body, StandardCharsets.UTF_8));
              exchange.getResponseHeaders().add("Retry-After", "7");
              answer(exchange, 429, "später".getBytes(StandardCharsets.UTF_8));
            });
    HttpAnswer answer =
        http.send(
                new HttpCall(
                    "PUT",
                    uri.resolve("/echo/a%2Fb"),
                    Optional.of(AccessToken.of("tok")),
                    Optional.of("{\"ü\":1}"),
                    Duration.ofSeconds(20)))
            .toCompletableFuture()
            .join();
    assertThat(answer).isEqualTo(new HttpAnswer(429, Optional.of("7"), "später"));
    assertThat(seen.get()).isEqualTo("PUT /echo/a%2Fb Bearer tok application/json null {\"ü\":1}");
  }

  @Test
  void HTTP_REDIRECT_isNotFollowed() {
    URI uri =
        on(
            "/moved",
            exchange -> {
              exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
              answer(exchange, 302, new byte[0]);
            });
    assertThat(get(uri).status()).isEqualTo(302);
  }

  @Test
  void HTTP_SIZE_atTheBoundAndOneBeyond() {
    URI uri =
        on(
            "/large",
            exchange -> {
              int extra = exchange.getRequestURI().getPath().endsWith("more") ? 1 : 0;
              byte[] block = new byte[1 << 20];
              java.util.Arrays.fill(block, (byte) 'x');
              exchange.sendResponseHeaders(200, 0);
              try (exchange) {
                for (int i = 0; i < JdkHttpTransport.MAX_ANSWER_BYTES >> 20; i++) {
                  exchange.getResponseBody().write(block);
                }
                exchange.getResponseBody().write(block, 0, extra);
              }
            });
    assertThat(get(uri).body()).hasSize(JdkHttpTransport.MAX_ANSWER_BYTES);
    assertThatThrownBy(() -> get(uri.resolve("/large/more")))
        .hasRootCauseInstanceOf(IOException.class)
        .hasRootCauseMessage("answer is longer than 67108864 bytes");
  }

  @Test
  void HTTP_TIMEOUT_coversABodyThatNeverEnds() {
    URI uri =
        on(
            "/slow",
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('x');
              exchange.getResponseBody().flush();
              try {
                testEnds.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    HttpCall call =
        new HttpCall("GET", uri, Optional.empty(), Optional.empty(), Duration.ofMillis(300));
    assertThat(http.send(call).toCompletableFuture())
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableThat()
        .withRootCauseInstanceOf(java.util.concurrent.TimeoutException.class);
  }

  @Test
  void nobodyListens() {
    server.stop(0);
    assertThatThrownBy(
            () -> get(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/")))
        .hasCauseInstanceOf(java.net.ConnectException.class);
  }
}

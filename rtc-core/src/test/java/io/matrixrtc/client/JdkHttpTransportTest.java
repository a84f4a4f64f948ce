package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that writes bytes as the test says. */
class JdkHttpTransportTest {
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final JdkHttpTransport http = new JdkHttpTransport(threads);
  private final CountDownLatch testEnds = new CountDownLatch(1);
  private final AtomicReference<String> request = new AtomicReference<>("");
  private ServerSocket server;

  /** Answers one request; the connection is closed after it. */
  private interface Answer {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    testEnds.countDown();
    server.close();
    threads.shutdownNow();
  }

  private void serve(Answer answer) {
    threads.execute(
        () -> {
          try (Socket socket = server.accept();
              InputStream in = new BufferedInputStream(socket.getInputStream())) {
            request.set(read(in));
            answer.write(socket.getOutputStream());
          } catch (IOException e) {
            // The client went away; its side of the test says whether it should have.
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static String read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("cut off");
      }
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
    return head + new String(body, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
  }

  private HttpAnswer get(Duration timeout) {
    return http.send(new HttpCall("GET", uri("/"), Optional.empty(), Optional.empty(), timeout))
        .toCompletableFuture()
        .join();
  }

  @Test
  void carriesMethodTokenBodyAndAnswer() {
    serve(
        out ->
            out.write(
                bytes("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 7\r\n\r\nspäter")));
    HttpAnswer answer =
        http.send(
                new HttpCall(
                    "PUT",
                    uri("/echo/a%2Fb"),
                    Optional.of(AccessToken.of("tok")),
                    Optional.of("{\"ü\":1}"),
                    Duration.ofSeconds(20)))
            .toCompletableFuture()
            .join();
    assertThat(answer).isEqualTo(new HttpAnswer(429, Optional.of("7"), "später"));
    assertThat(request.get())
        .startsWith("PUT /echo/a%2Fb HTTP/1.1\r\n")
        .contains("Authorization: Bearer tok\r\n")
        .contains("Content-Type: application/json\r\n")
        .endsWith("\r\n\r\n{\"ü\":1}")
        .doesNotContainIgnoringCase("upgrade");
  }

  @Test
  void httpRedirectIsNotFollowed() {
    serve(
        out ->
            out.write(bytes("HTTP/1.1 302 Found\r\nLocation: /away\r\nContent-Length: 0\r\n\r\n")));
    assertThat(get(Duration.ofSeconds(20)).status()).isEqualTo(302);
  }

  @Test
  void httpSizeAtTheBoundAndOneBeyond() {
    serve(out -> writeBody(out, JdkHttpTransport.MAX_ANSWER_BYTES));
    assertThat(get(Duration.ofSeconds(60)).body()).hasSize(JdkHttpTransport.MAX_ANSWER_BYTES);
    serve(out -> writeBody(out, JdkHttpTransport.MAX_ANSWER_BYTES + 1));
    assertThatThrownBy(() -> get(Duration.ofSeconds(60)))
        .hasRootCauseInstanceOf(IOException.class)
        .hasRootCauseMessage("answer is longer than 67108864 bytes");
  }

  private static void writeBody(OutputStream out, int length) throws IOException {
    out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n"));
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) 'x');
    for (int left = length; left > 0; left -= block.length) {
      out.write(block, 0, Math.min(left, block.length));
    }
  }

  @Test
  void httpTimeoutCoversABodyThatNeverEnds() {
    serve(
        out -> {
          out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"));
          out.flush();
          testEnds.await();
        });
    HttpCall call =
        new HttpCall("GET", uri("/"), Optional.empty(), Optional.empty(), Duration.ofMillis(300));
    assertThat(http.send(call).toCompletableFuture())
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableThat()
        .withRootCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void nobodyListens() throws IOException {
    server.close();
    assertThatThrownBy(() -> get(Duration.ofSeconds(20)))
        .hasCauseInstanceOf(ConnectException.class);
  }

  @Test
  void httpEndedThreadsAreARequestWithoutAnAnswer() {
    ExecutorService ofTheApp = Executors.newCachedThreadPool();
    HttpTransport transport = new JdkHttpTransport(ofTheApp);
    HttpCall call =
        new HttpCall("GET", uri("/"), Optional.empty(), Optional.empty(), Duration.ofSeconds(20));
    serve(out -> out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")));
    assertThat(transport.send(call).toCompletableFuture()).succeedsWithin(20, TimeUnit.SECONDS);

    ofTheApp.shutdownNow();
    BodySink sink = part -> CompletableFuture.completedFuture(null);
    for (var answer : List.of(transport.send(call), transport.stream(call, sink))) {
      assertThat(answer.toCompletableFuture())
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableThat()
          .withCauseInstanceOf(IOException.class);
    }
  }

  private CompletableFuture<HttpAnswer> stream(Duration idle, BodySink sink) {
    return http.stream(
            new HttpCall("GET", uri("/"), Optional.empty(), Optional.empty(), idle), sink)
        .toCompletableFuture();
  }

  @Test
  void httpStreamHandsTheBodyOnInPieces() throws Exception {
    byte[] piece = new byte[1 << 20];
    serve(
        out -> {
          out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: " + 3 * piece.length + "\r\n\r\n"));
          for (int i = 0; i < 3; i++) {
            out.write(piece);
          }
        });
    AtomicLong taken = new AtomicLong();
    AtomicReference<CompletableFuture<Void>> turn =
        new AtomicReference<>(CompletableFuture.completedFuture(null));
    CompletableFuture<HttpAnswer> answer =
        stream(
            Duration.ofSeconds(30),
            part -> {
              CompletableFuture<Void> done = new CompletableFuture<>();
              assertThat(turn.getAndSet(done)).isDone();
              taken.addAndGet(part.length);
              threads.execute(() -> done.complete(null));
              return done;
            });
    HttpAnswer whole = answer.get(30, TimeUnit.SECONDS);
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.body()).isEmpty();
    assertThat(taken).hasValue(3L * piece.length);

    serve(out -> out.write(bytes("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}")));
    HttpAnswer refused =
        stream(Duration.ofSeconds(30), part -> CompletableFuture.failedFuture(new IOException()))
            .get(30, TimeUnit.SECONDS);
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.body()).isEqualTo("{}");
  }

  @Test
  void httpStreamThatIsCutShortFailsAndSoDoesOneThatNobodyTakes() {
    serve(out -> out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234")));
    assertThat(stream(Duration.ofSeconds(30), part -> CompletableFuture.completedFuture(null)))
        .failsWithin(Duration.ofSeconds(30));
    serve(out -> out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234")));
    assertThat(
            stream(
                Duration.ofSeconds(30),
                part -> CompletableFuture.failedFuture(new IOException("disk full"))))
        .failsWithin(Duration.ofSeconds(30));
  }

  @Test
  void httpIdleEndsAStreamOnWhichNothingComes() {
    serve(
        out -> {
          out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234"));
          out.flush();
          testEnds.await();
        });
    assertThat(stream(Duration.ofMillis(200), part -> CompletableFuture.completedFuture(null)))
        .failsWithin(Duration.ofSeconds(30));
  }
}

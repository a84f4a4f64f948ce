package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import org.junit.jupiter.api.Test;

/** Requests whose body never comes whole: nobody holds a place, or memory, for long. */
class SlowBodiesTest {
  private static final Duration TIME = Duration.ofSeconds(2);

  private static World world() throws Exception {
    return new World(
        config ->
            config
                .withRateLimit(new RateLimit(0, 1, 1), false)
                .withNetwork(config.addresses(), config.trust(), TIME));
  }

  /** Sends the head of a request, and one byte of its thousand. */
  private static Socket begin(World world, String path, String header) throws IOException {
    Socket socket = new Socket("127.0.0.1", world.service.port());
    String head =
        "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n" + header + "\r\n{";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String answerUntilTheEnd(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aBodyThatDribblesHoldsItsPlaceForATimeOnly_LK_SLOW() throws Exception {
    try (World world = world();
        Socket slow = begin(world, "/sfu/get", "")) {
      await() // the control: it holds the only place
          .until(() -> world.post("/sfu/get", World.legacyRequest()).statusCode() == 429);
      await().until(() -> world.post("/sfu/get", World.legacyRequest()).statusCode() == 200);
      assertThat(answerUntilTheEnd(slow)).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void aStrangersWebhookIsRefusedBeforeItsBody_LK_WEBHOOK_FIRST() throws Exception {
    try (World world = world()) {
      for (String header :
          new String[] {"", "Authorization: " + token("another-secret") + "\r\n"}) {
        try (Socket stranger = begin(world, "/sfu_webhook", header)) {
          assertThat(firstLine(stranger)).startsWith("HTTP/1.1 401");
        }
      }
      assertThat(world.send("/sfu_webhook", "GET", "").statusCode()).isEqualTo(405);
      String ours = "Authorization: " + token(World.KEY.secret()) + "\r\n";
      try (Socket sfu = begin(world, "/sfu_webhook", ours)) { // the control: waits for its body
        assertThat(answerUntilTheEnd(sfu)).startsWith("HTTP/1.1 408");
      }
    }
  }

  private static String token(String secret) {
    return JWT.create()
        .withIssuer(World.KEY.key())
        .withExpiresAt(Date.from(Clock.systemUTC().instant().plusSeconds(60)))
        .sign(Algorithm.HMAC256(secret));
  }

  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read();
        next >= 0 && next != '\r';
        next = socket.getInputStream().read()) {
      line.append((char) next);
    }
    return line.toString();
  }
}

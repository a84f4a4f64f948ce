package io.matrixrtc.interop;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** LiveKit's own server, on loopback, as the binary that {@code LIVEKIT_SERVER} names. */
final class LivekitServer implements AutoCloseable {
  static final String KEY = "interop";
  static final String SECRET = "a-secret-of-32-characters-or-more";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
  private static final int END_SECONDS = 20;

  private final Process process;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  private LivekitServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it on free ports. Rooms are opened by whoever joins, or by the token service alone where
   * it tells somebody by webhooks.
   */
  static LivekitServer start(String test, Optional<URI> webhook) throws IOException {
    int port = HostCommand.freePort();
    ObjectNode config = Json.newObject().put("port", port);
    config.putArray("bind_addresses").add("127.0.0.1");
    ObjectNode rtc = config.putObject("rtc");
    rtc.put("tcp_port", HostCommand.freePort()).put("udp_port", HostCommand.freePort());
    rtc.put("use_external_ip", false).put("node_ip", "127.0.0.1");
    rtc.put("enable_loopback_candidate", true);
    config.putObject("keys").put(KEY, SECRET);
    config.putObject("room").put("auto_create", webhook.isEmpty());
    webhook.ifPresent(
        url ->
            config.putObject("webhook").put("api_key", KEY).putArray("urls").add(url.toString()));
    File log = Sfu.log(test, "livekit-server").toFile();
    Files.createDirectories(Path.of("target", "peers"));
    Process process =
        new ProcessBuilder(
                Objects.requireNonNull(System.getenv("LIVEKIT_SERVER"), "LIVEKIT_SERVER"),
                "--config-body",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    LivekitServer server = new LivekitServer(process, port);
    await()
        .atMost(START)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> !process.isAlive() || server.get("/").statusCode() == 200);
    if (!process.isAlive()) {
      throw new IOException("livekit-server ended, see " + log);
    }
    return server;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What it says of a token, before anybody joins with it: 200, or why not. */
  HttpResponse<String> validate(String token) throws IOException, InterruptedException {
    return get("/rtc/validate?access_token=" + token);
  }

  /** Asks who is in a room, as a service may. */
  HttpResponse<String> participants(String token, String room)
      throws IOException, InterruptedException {
    URI uri =
        URI.create("http://127.0.0.1:" + port + "/twirp/livekit.RoomService/ListParticipants");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(Json.newObject().put("room", room).toString()))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Where clients connect to. */
  String url() {
    return "ws://127.0.0.1:" + port;
  }

  /** Where to connect to, and a token for one participant. */
  ObjectNode login(String identity, String room) {
    Instant expiry = Instant.now().plus(TOKEN_LIFETIME);
    String token = AccessToken.signed(AccessToken.claims(KEY, identity, room, expiry), SECRET);
    return Json.newObject().put("url", url()).put("token", token);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}

package io.matrixrtc.homeserver.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP to a server as one device, or as nobody. Written JSON uses single quotes. */
public final class Client {
  static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Supplier<URI> baseUrl;
  private final Optional<String> token;
  private final String userId;
  private final String deviceId;

  private Client(Supplier<URI> baseUrl, Optional<String> token, String userId, String deviceId) {
    this.baseUrl = baseUrl;
    this.token = token;
    this.userId = userId;
    this.deviceId = deviceId;
  }

  static Client nobody(EmbeddedHomeserver server) {
    return new Client(server::baseUrl, Optional.empty(), "", "");
  }

  /** A new user with one device, called {@code NAME1} for a user {@code name}. */
  static Client register(EmbeddedHomeserver server, String name) {
    JsonNode session =
        nobody(server)
            .post(
                "/register",
                "{'auth':{'type':'m.login.dummy'},'username':'%s','password':'secret-%s','device_id':'%s1'}"
                    .formatted(name, name, name.toUpperCase(Locale.ROOT)))
            .ok();
    return of(server, session);
  }

  static Client of(EmbeddedHomeserver server, JsonNode session) {
    return of(server::baseUrl, session);
  }

  private static Client of(Supplier<URI> baseUrl, JsonNode session) {
    return new Client(
        baseUrl,
        Optional.of(session.path("access_token").asText()),
        session.path("user_id").asText(),
        session.path("device_id").asText());
  }

  /** Another device of the same user. */
  Client logIn(String device) {
    String name = userId.substring(1, userId.indexOf(':'));
    return of(
        baseUrl,
        new Client(baseUrl, Optional.empty(), "", "")
            .post(
                "/login",
                "{'type':'m.login.password','identifier':{'type':'m.id.user','user':'%s'},'password':'secret-%s','device_id':'%s'}"
                    .formatted(name, name, device))
            .ok());
  }

  /** The same device, which reaches the server another way. */
  Client by(Supplier<URI> otherUrl) {
    return new Client(otherUrl, token, userId, deviceId);
  }

  String userId() {
    return userId;
  }

  String deviceId() {
    return deviceId;
  }

  String token() {
    return token.orElseThrow();
  }

  Reply get(String path) {
    return call("GET", path, null);
  }

  Reply post(String path, String body) {
    return call("POST", path, body);
  }

  Reply put(String path, String body) {
    return call("PUT", path, body);
  }

  Reply delete(String path, String body) {
    return call("DELETE", path, body);
  }

  /** A path that begins with a slash and names no prefix is under {@code /_matrix/client/v3}. */
  Reply call(String method, String path, @Nullable String body) {
    try {
      return callAsync(method, path, body).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw new UncheckedIOException(io);
      }
      throw e;
    }
  }

  CompletableFuture<Reply> callAsync(String method, String path, @Nullable String body) {
    boolean whole = path.startsWith("/_matrix") || path.startsWith("/.well-known");
    URI uri = URI.create(baseUrl.get() + (whole ? "" : "/_matrix/client/v3") + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
    return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(Client::reply);
  }

  private static Reply reply(HttpResponse<byte[]> response) {
    try {
      return new Reply(response.statusCode(), JSON.readTree(response.body()), response.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  // ---- what most tests do

  String createRoom(String body) {
    return post("/createRoom", body).ok().path("room_id").asText();
  }

  void join(String roomId) {
    post("/join/" + encode(roomId), "{}").ok();
  }

  void invite(String roomId, Client other) {
    post(room(roomId, "invite"), "{'user_id':'" + other.userId() + "'}").ok();
  }

  String send(String roomId, String text, String txn) {
    return put(room(roomId, "send/m.room.message/" + txn), "{'body':'" + text + "'}")
        .ok()
        .path("event_id")
        .asText();
  }

  String setState(String roomId, String type, String key, String content) {
    return put(room(roomId, "state/" + type + "/" + encode(key)), content)
        .ok()
        .path("event_id")
        .asText();
  }

  static String room(String roomId, String rest) {
    return "/rooms/" + encode(roomId) + "/" + rest;
  }

  /** Everything; also what the device had not read yet. */
  JsonNode firstSync() {
    return get("/sync").ok();
  }

  /** Everything, with longer timelines than the default. */
  JsonNode firstSync(int timelineLimit) {
    return get("/sync?filter=" + limit(timelineLimit)).ok();
  }

  /** The query value of a filter with this timeline limit. */
  static String limit(int timelineLimit) {
    return encode("{\"room\":{\"timeline\":{\"limit\":" + timelineLimit + "}}}");
  }

  /** What is new since that answer, without waiting. */
  JsonNode syncAfter(JsonNode before) {
    return syncReply(before).ok();
  }

  /** The same, whatever the answer. */
  Reply syncReply(JsonNode before) {
    return get("/sync?since=" + before.path("next_batch").asText());
  }

  CompletableFuture<Reply> waitForNews(JsonNode before, int timeoutMillis) {
    return callAsync(
        "GET",
        "/sync?timeout=" + timeoutMillis + "&since=" + before.path("next_batch").asText(),
        null);
  }

  void uploadDeviceKeys(String marker) {
    post(
            "/keys/upload",
            "{'device_keys':{'user_id':'%s','device_id':'%s','algorithms':[],'keys':{'ed25519:%s':'%s'}}}"
                .formatted(userId, deviceId, deviceId, marker))
        .ok();
  }

  void sendToDevice(Client to, String type, String txn, String content) {
    put(
            "/sendToDevice/" + type + "/" + txn,
            "{'messages':{'%s':{'%s':%s}}}".formatted(to.userId(), to.deviceId(), content))
        .ok();
  }
}

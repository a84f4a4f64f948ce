package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.AccessToken;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.RetryPolicy;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Servers whose answers a test writes, by URL; anything else is 404. */
final class FakeWeb implements HttpTransport {
  static final String HS = "https://hs.example.org";
  static final String OPENID =
      HS + "/_matrix/client/v3/user/%40alice%3Aexample.org/openid/request_token";

  private final Map<String, Function<HttpCall, CompletionStage<HttpAnswer>>> pages =
      new HashMap<>();
  final List<HttpCall> calls = new ArrayList<>();
  private int openIds;

  FakeWeb() {
    on(
        OPENID,
        call ->
            answer(
                200,
                "{\"access_token\":\"openid-"
                    + ++openIds
                    + "\",\"token_type\":\"Bearer\",\"matrix_server_name\":\"example.org\","
                    + "\"expires_in\":3600,\"extra\":1}"));
  }

  FakeWeb on(String url, Function<HttpCall, HttpAnswer> page) {
    pages.put(url, call -> CompletableFuture.completedFuture(page.apply(call)));
    return this;
  }

  FakeWeb on(String url, int status, String body) {
    return on(url, call -> answer(status, body));
  }

  FakeWeb later(String url, CompletableFuture<HttpAnswer> answer) {
    pages.put(url, call -> answer);
    return this;
  }

  FakeWeb lost(String url) {
    pages.put(url, call -> CompletableFuture.failedFuture(new IOException("connection reset")));
    return this;
  }

  static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(status, Optional.empty(), body);
  }

  static HttpAnswer redirect(String to) {
    return new HttpAnswer(302, Optional.empty(), Optional.of(to), "");
  }

  @Override
  public CompletionStage<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    return pages
        .getOrDefault(
            call.uri().toString(),
            missing ->
                CompletableFuture.completedFuture(
                    answer(404, "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"no\"}")))
        .apply(call);
  }

  List<String> urls() {
    return calls.stream().map(call -> call.uri().toString()).toList();
  }

  /** The bodies that went to {@code url}. */
  List<ObjectNode> bodies(String url) {
    return calls.stream()
        .filter(call -> call.uri().toString().equals(url))
        .map(call -> object(call.body().orElse("{}")))
        .toList();
  }

  static ObjectNode object(String json) {
    try {
      return Json.parseObject(json.replace('\'', '"'));
    } catch (MalformedJsonException e) {
      throw new AssertionError(e);
    }
  }

  ClientSettings settings() {
    return ClientSettings.of(this, new VirtualTime()).withRetries(RetryPolicy.none());
  }

  MatrixClient client() {
    return new MatrixClient(
        new MatrixSession(URI.create(HS), "@alice:example.org", "DEV", AccessToken.of("login")),
        settings());
  }

  static ServiceUrl service(String url) {
    return ServiceUrl.parse(url).orElseThrow();
  }

  /** What a token service answers. */
  static String granted(String room, String identity) {
    String claims = "{\"sub\":\"" + identity + "\",\"video\":{\"room\":\"" + room + "\"}}";
    String payload =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    return "{\"url\":\"wss://sfu.example.org\",\"jwt\":\"e30." + payload + ".c2ln\"}";
  }

  @Override
  public void close() {}
}

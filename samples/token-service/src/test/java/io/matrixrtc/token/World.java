package io.matrixrtc.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.token.federation.AddressPolicy;
import io.matrixrtc.token.federation.CheckedHttp;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import livekit.LivekitModels;

/**
 * A token service between a homeserver {@code hs.example} at a public address and an SFU, both
 * played by the test.
 */
final class World implements AutoCloseable {
  static final String SERVER = "hs.example";
  static final String PUBLIC = "93.184.216.34";
  static final String USERINFO = "/_matrix/federation/v1/openid/userinfo";
  static final ApiKey KEY = ApiKey.of("devkey", "secretsecretsecretsecretsecret12");
  static final String SFU_URL = "wss://sfu.example";
  static final ObjectMapper JSON = new ObjectMapper();

  final Internet internet = new Internet();
  final StubServer homeserver;
  final StubServer sfu;
  final TokenService service;
  final Set<String> connected = ConcurrentHashMap.newKeySet();
  private final HttpClient client = HttpClient.newHttpClient();

  World() throws Exception {
    this(UnaryOperator.identity());
  }

  World(UnaryOperator<TokenServiceConfig> change) throws Exception {
    Certificate certificate = Certificate.shared();
    homeserver = StubServer.tls(certificate);
    sfu = StubServer.plain();
    internet.name(SERVER, PUBLIC);
    internet.server(PUBLIC, 8448, homeserver.port());
    internet.server(PUBLIC, 443, homeserver.port());
    homeserver.on(
        USERINFO,
        (request, seen) -> {
          boolean good = seen.query().equals("access_token=good");
          request
              .response()
              .setStatusCode(good ? 200 : 401)
              .end(
                  good
                      ? "{\"sub\":\"@alice:hs.example\"}"
                      : "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"no\"}");
        });
    sfu.on(
        "/twirp/livekit.RoomService/CreateRoom",
        (request, seen) ->
            request
                .response()
                .putHeader("Content-Type", "application/protobuf")
                .end(
                    Buffer.buffer(
                        LivekitModels.Room.newBuilder().setSid("RM_1").build().toByteArray())));
    sfu.on(
        "/twirp/livekit.RoomService/GetParticipant",
        (request, seen) ->
            request
                .response()
                .setStatusCode(connected.isEmpty() ? 404 : 200)
                .putHeader("Content-Type", "application/protobuf")
                .end(
                    Buffer.buffer(
                        LivekitModels.ParticipantInfo.newBuilder().build().toByteArray())));
    TokenServiceConfig config =
        TokenServiceConfig.of("ws://127.0.0.1:" + sfu.port(), KEY, new FullAccess(List.of(SERVER)))
            .listeningOn("127.0.0.1", 0)
            .withNetwork(
                AddressPolicy.publicOnly(),
                new CheckedHttp.Trust(Optional.of(certificate.pem()), false),
                Duration.ofSeconds(5));
    service =
        TokenService.start(change.apply(config), vertx -> internet, internet, Clock.systemUTC());
  }

  /** What Element Call sends to {@code /sfu/get}. */
  static ObjectNode legacyRequest() throws Exception {
    return (ObjectNode)
        JSON.readTree(
            """
            {"room":"!abc:hs.example",
             "openid_token":{"access_token":"good","token_type":"Bearer",
                             "matrix_server_name":"hs.example","expires_in":3600},
             "device_id":"ABCDEFGHIJ"}""");
  }

  /** What Element Call sends to {@code /get_token}. */
  static ObjectNode stickyRequest() throws Exception {
    return (ObjectNode)
        JSON.readTree(
            """
            {"room_id":"!abc:hs.example","slot_id":"m.call#ROOM",
             "openid_token":{"access_token":"good","token_type":"Bearer",
                             "matrix_server_name":"hs.example","expires_in":3600},
             "member":{"id":"0b6a1f0e-6a1c-4b27-9a55-5f1c1f3d2e10",
                       "claimed_user_id":"@alice:hs.example","claimed_device_id":"ABCDEFGHIJ"}}""");
  }

  static ObjectNode with(ObjectNode request, String field, Object value) {
    return (ObjectNode) request.set(field, JSON.valueToTree(value));
  }

  static ObjectNode at(ObjectNode request, String server) {
    ((ObjectNode) request.get("openid_token")).put("matrix_server_name", server);
    return request;
  }

  HttpResponse<String> post(String path, JsonNode body) throws Exception {
    return send(path, "POST", body.toString());
  }

  HttpResponse<String> send(String path, String method, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body());
  }

  /** The status and error code of an answer. */
  static String error(HttpResponse<String> answer) throws Exception {
    return answer.statusCode() + " " + json(answer).path("errcode").asText();
  }

  @Override
  public void close() {
    service.close();
    homeserver.close();
    sfu.close();
  }
}

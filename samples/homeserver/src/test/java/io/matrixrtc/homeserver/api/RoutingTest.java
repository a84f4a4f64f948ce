package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.HomeserverConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RoutingTest extends ServerTest {
  private static final int MAX_REQUEST = 70_000;

  @Override
  HomeserverConfig configure(HomeserverConfig config) {
    return config.withMaxRequestBytes(MAX_REQUEST);
  }

  @Test
  void unknownPathsAndUnknownMethodsAreToldApart_HS_ERR_UNRECOGNIZED() {
    Client alice = register("alice");
    alice.get("/no/such/endpoint").fails(404, "M_UNRECOGNIZED");
    nobody().get("/no/such/endpoint").fails(404, "M_UNRECOGNIZED");
    nobody().get("/_matrix/client/v9/sync").fails(404, "M_UNRECOGNIZED");
    alice.put("/account/whoami", "{}").fails(405, "M_UNRECOGNIZED");
    alice.get("/rooms/!none:test/state/m.room.name/").fails(403, "M_FORBIDDEN");
    alice.get("/devices/NONE").fails(404, "M_NOT_FOUND");
  }

  @Test
  void tokensComeInTheHeaderOrTheQuery_HS_AUTH_TOKEN() {
    Client alice = register("alice");
    nobody().get("/account/whoami").fails(401, "M_MISSING_TOKEN");
    nobody().get("/account/whoami?access_token=x").fails(401, "M_UNKNOWN_TOKEN");
    JsonNode me = nobody().get("/account/whoami?access_token=" + alice.token()).ok();
    assertThat(me.path("user_id").asText()).isEqualTo("@alice:test");
  }

  @Test
  void theOldPrefixLeadsToTheSame() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String path = "rooms/" + Client.encode(room) + "/send/m.room.message/t1";
    String old = "/_matrix/client/r0/";
    String id = alice.put(old + path, "{'body':'x'}").ok().path("event_id").asText();
    assertThat(alice.put("/" + path, "{'body':'x'}").ok().path("event_id").asText()).isEqualTo(id);
    assertThat(alice.get(old + "account/whoami").ok().path("device_id").asText())
        .isEqualTo("ALICE1");
  }

  @Test
  void pathSegmentsAreSplitBeforeTheyAreDecoded_HS_PATH_1() throws IOException {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String key = "a/b c%+é/";
    alice.setState(room, "x.type", key, "{'v':1}");
    JsonNode state =
        alice.get(Client.room(room, "state/x.type/" + Client.encode(key) + "?format=event")).ok();
    assertThat(state.path("state_key").asText()).isEqualTo(key);
    alice.get(Client.room(room, "state/x.type/a/b")).fails(404, "M_UNRECOGNIZED");
    assertThat(raw("GET /_matrix/client/v3/rooms/%zz/state HTTP/1.1"))
        .startsWith("HTTP/1.1 400")
        .contains("M_INVALID_PARAM");
    assertThat(raw("GET /_matrix/client/v3/sync?since=%zz HTTP/1.1"))
        .startsWith("HTTP/1.1 400")
        .contains("M_INVALID_PARAM");
  }

  @Test
  void anEmptyStateKeyMayEndWithASlashOrNot() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    alice.put(Client.room(room, "state/m.room.name/"), "{'name':'one'}").ok();
    assertThat(alice.get(Client.room(room, "state/m.room.name")).ok().path("name").asText())
        .isEqualTo("one");
    alice.put(Client.room(room, "state/m.room.name"), "{'name':'two'}").ok();
    assertThat(alice.get(Client.room(room, "state/m.room.name/")).ok().path("name").asText())
        .isEqualTo("two");
  }

  @Test
  void bodiesOfTheWrongKindAreToldApart_HS_ERR_BODY() {
    Client alice = register("alice");
    alice.post("/createRoom", "nonsense").fails(400, "M_NOT_JSON");
    alice.post("/createRoom", "").fails(400, "M_NOT_JSON");
    alice.post("/createRoom", "{} {}").fails(400, "M_NOT_JSON");
    alice.post("/createRoom", "[]").fails(400, "M_BAD_JSON");
    alice.post("/createRoom", "{'invite':'x'}").fails(400, "M_BAD_JSON");
    alice.post("/createRoom", "{'name':'\\ud800'}").fails(400, "M_BAD_JSON");
    alice.post("/keys/query", "{}").fails(400, "M_MISSING_PARAM");
    alice.get("/sync?timeout=soon").fails(400, "M_INVALID_PARAM");
    int depth = 100;
    alice
        .post("/createRoom", "{'x':" + "[".repeat(depth) + "]".repeat(depth) + "}")
        .fails(400, "M_NOT_JSON");
    alice.post("/createRoom", "{'x':" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}").ok();
  }

  @Test
  void aRequestMayHaveTheLargestSizeAndNotOneByteMore_HS_SIZE_REQUEST() {
    Client alice = register("alice");
    String start = "{'x':'";
    int rest = MAX_REQUEST - start.length() - 2;
    alice.post("/createRoom", start + "y".repeat(rest) + "'}").ok();
    alice.post("/createRoom", start + "y".repeat(rest + 1) + "'}").fails(413, "M_TOO_LARGE");
  }

  @Test
  void everyAnswerMayBeReadFromAnotherOrigin_HS_CORS() {
    Client alice = register("alice");
    for (Reply reply :
        new Reply[] {
          alice.get("/account/whoami"),
          alice.get("/no/such"),
          nobody().get("/sync"),
          nobody().call("OPTIONS", "/no/such", null)
        }) {
      assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
      assertThat(reply.headers().firstValue("Access-Control-Expose-Headers"))
          .contains("Retry-After");
      assertThat(reply.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
          .contains("Authorization");
    }
    assertThat(nobody().call("OPTIONS", "/sync", null).status()).isEqualTo(204);
  }

  /** Sends what no URI class lets through. */
  private String raw(String line) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request = line + "\r\nHost: test\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package io.matrixrtc.widget.drivers;

import static io.matrixrtc.widget.drivers.HostedRoom.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.matrixrtc.client.AccessToken;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.widget.host.DirectoryDriver;
import io.matrixrtc.widget.host.DriverCall;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.EventDriver.StateKeys;
import io.matrixrtc.widget.host.MediaContent;
import io.matrixrtc.widget.host.MediaDriver;
import io.matrixrtc.widget.host.RoomView.Encryption;
import io.matrixrtc.widget.host.RtcDriver;
import io.matrixrtc.widget.host.TurnDriver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** The drivers one by one, against answers that the embedded homeserver does not give. */
class AccountDriversTest {
  private static final String ROOM = "!room:example.org";

  private final ScriptedHomeserver server = new ScriptedHomeserver();

  private static ObjectNode json(String text) {
    try {
      return Json.parseObject(text.replace('\'', '"'));
    } catch (MalformedJsonException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> DriverResult.Failed<T> failed(CompletionStage<DriverResult<T>> stage) {
    return (DriverResult.Failed<T>) get(stage);
  }

  private static <T> T done(CompletionStage<DriverResult<T>> stage) {
    return ((DriverResult.Done<T>) get(stage)).answer();
  }

  @Test
  void driverErrorTheHomeserversWordsGoOnAndSilenceIsNoneOfThem() {
    AccountDirectory directory = new AccountDirectory(server.client);
    DirectoryDriver.Search search = new DirectoryDriver.Search("x", Optional.of(3));
    server.answer("/search", new HttpAnswer(429, Optional.of("3"), "{}"));
    DriverResult.Failed<DirectoryDriver.Found> limited = failed(directory.search(search));
    assertThat(limited.cause().orElseThrow().httpStatus()).isEqualTo(429);
    assertThat(limited.cause().orElseThrow().httpHeaders()).containsEntry("retry-after", "3");
    assertThat(limited.cause().orElseThrow().response().path("errcode").asText())
        .isEqualTo("M_LIMIT_EXCEEDED");
    server.answer("/search", 403, "{'errcode':'M_FORBIDDEN','error':'no','org.example.more':1}");
    assertThat(failed(directory.search(search)).cause().orElseThrow().response())
        .as("the whole body")
        .isEqualTo(json("{'errcode':'M_FORBIDDEN','error':'no','org.example.more':1}"));
    server.answer("/search", 502, "<html>");
    assertThat(failed(directory.search(search)).cause().orElseThrow().httpStatus()).isEqualTo(502);
    assertThat(failed(new AccountDirectory(new ScriptedHomeserver().client).search(search)).cause())
        .as("no answer is no refusal")
        .isEmpty();
    server.answer(
        "/search", 200, "{'limited':true,'results':[{'user_id':'@b:c','display_name':'B'},{}]}");
    assertThat(done(directory.search(search)))
        .isEqualTo(
            new DirectoryDriver.Found(
                true,
                List.of(new DirectoryDriver.User("@b:c", Optional.of("B"), Optional.empty()))));
  }

  @Test
  void turnRenewCredentialsAreReplacedBeforeTheyExpireUntilNobodyWatches() {
    List<TurnDriver.TurnServers> later = new ArrayList<>();
    AccountTurn turn = new AccountTurn(server.client, later::add);
    server.answer(
        "/turnServer", 200, "{'uris':['turn:a'],'username':'u','password':'p','ttl':3600}");
    assertThat(done(turn.watch(new TurnDriver.Watch())).uris()).containsExactly("turn:a");
    server.time.advance(Duration.ofMinutes(54).minusSeconds(1));
    assertThat(later).isEmpty();
    server.time.advance(Duration.ofSeconds(1));
    assertThat(later).hasSize(1);
    turn.unwatch(new TurnDriver.Unwatch());
    server.time.advance(Duration.ofHours(3));
    assertThat(later).hasSize(1);
    assertThat(server.count("/turnServer")).isEqualTo(2);
  }

  @Test
  void rtcSearchWr30TheEndpointFirstThenElsewhereAndNoneIsAFailure() {
    AccountRtc rtc = new AccountRtc(server.client, Optional.empty());
    server.answer("/rtc/transports", 404, "{'errcode':'M_UNRECOGNIZED','error':'what?'}");
    DriverResult.Failed<List<ObjectNode>> none =
        failed(rtc.transports(new RtcDriver.GetTransports()));
    assertThat(none.cause().orElseThrow().response().path("errcode").asText())
        .isEqualTo("M_UNRECOGNIZED");
    server.answer(
        "/.well-known/matrix/client",
        200,
        "{'org.matrix.msc4143.rtc_foci':[{'type':'livekit','livekit_service_url':'https://jwt.a'}]}");
    assertThat(done(rtc.transports(new RtcDriver.GetTransports())))
        .containsExactly(json("{'type':'livekit','livekit_service_url':'https://jwt.a'}"));
    String two = "[{'type':'livekit','livekit_service_url':'https://jwt.b'},{'type':'other'}]";
    server.answer("/rtc/transports", 200, "{'rtc_transports':" + two + "}");
    assertThat(done(rtc.transports(new RtcDriver.GetTransports()))).hasSize(2);
  }

  private HttpCall last() {
    return server.calls.get(server.calls.size() - 1);
  }

  @Test
  void rtcTokenItIsAskedForAsTheWidgetSaysAndAnAnswerWithoutOneIsAFailure() {
    AccountRtc rtc = new AccountRtc(server.client, Optional.empty());
    ObjectNode body = json("{'room_id':'!r:e','slot_id':'m.call#ROOM','member':{'id':'i'}}");
    RtcDriver.GetLivekitToken query = new RtcDriver.GetLivekitToken(body);
    server.answer("/get_token", 200, "{'jwt':'a.b.c','url':'wss://sfu'}");
    assertThat(done(rtc.livekitToken(query))).isEqualTo("a.b.c");
    assertThat(last().method()).isEqualTo("POST");
    assertThat(last().uri().getPath())
        .isEqualTo("/_matrix/client/unstable/io.element.msc4195/rtc/livekit/get_token");
    assertThat(json(last().body().orElseThrow())).isEqualTo(body);
    for (String without : List.of("{}", "{'jwt':''}", "{'jwt':7}", "{'token':'a.b.c'}")) {
      server.answer("/get_token", 200, without);
      DriverResult.Failed<String> none = failed(rtc.livekitToken(query));
      assertThat(none.reason())
          .as(without)
          .isEqualTo("the homeserver's answer holds no LiveKit token");
      assertThat(none.cause()).as("the homeserver refused nothing").isEmpty();
    }
    server.answer("/get_token", 403, "{'errcode':'M_FORBIDDEN','error':'no'}");
    assertThat(failed(rtc.livekitToken(query)).cause().orElseThrow().httpStatus()).isEqualTo(403);
  }

  @Test
  void rtcTokenALeaveIsHandedOverByThePathBesideIt() {
    AccountRtc rtc = new AccountRtc(server.client, Optional.empty());
    ObjectNode body = json("{'room_id':'!r:e','slot_id':'m.call#ROOM','delay_id':'d'}");
    RtcDriver.DelegateLeave leave = new RtcDriver.DelegateLeave(body);
    server.answer("/delegate_delayed_leave", 200, "{}");
    assertThat(done(rtc.delegateLeave(leave))).isEqualTo(DriverCall.Ack.ACK);
    assertThat(last().method()).isEqualTo("POST");
    assertThat(last().uri().getPath())
        .isEqualTo(
            "/_matrix/client/unstable/io.element.msc4195/rtc/livekit/delegate_delayed_leave");
    assertThat(json(last().body().orElseThrow())).isEqualTo(body);
    server.answer("/delegate_delayed_leave", 404, "{'errcode':'M_NOT_FOUND','error':'no'}");
    assertThat(failed(rtc.delegateLeave(leave)).cause().orElseThrow().httpStatus()).isEqualTo(404);
  }

  @Test
  void todevAllEveryDeviceIsNamedAndAFailedQueryIsNoEmptyList() {
    AccountDevices devices = new AccountDevices(server.client);
    Set<String> users = Set.of("@b:e", "@c:e");
    server.answer(
        "/keys/query",
        200,
        "{'device_keys':{'@b:e':{'B1':{},'B2':{}},'@c:e':{}},'failures':{'d':{}}}");
    assertThat(done(devices.apply(users)))
        .isEqualTo(Map.of("@b:e", Set.of("B1", "B2"), "@c:e", Set.of()));
    assertThat(json(last().body().orElseThrow()).path("device_keys"))
        .isEqualTo(json("{'@b:e':[],'@c:e':[]}"));
    server.answer("/keys/query", 403, "{'errcode':'M_FORBIDDEN','error':'no'}");
    assertThat(failed(devices.apply(users)).cause().orElseThrow().httpStatus()).isEqualTo(403);
  }

  @Test
  void readPagesALookIntoATimelineEnds() throws Exception {
    server.answer(
        "/messages",
        200,
        "{'end':'more','chunk':[{'type':'m.a','event_id':'$1','content':{}},{'type':'m.b'}]}");
    try (MemoryCryptoStore store = new MemoryCryptoStore();
        StateKey key = StateKey.generate(bytes -> Arrays.fill(bytes, (byte) 1));
        EncryptedClient account = EncryptedClient.builder(server.client).store(store, key).open()) {
      TimelineReader reader = new TimelineReader(account);
      assertThat(done(reader.read(look(50)))).hasSize(TimelineReader.MAX_PAGES);
      assertThat(server.count("/messages")).isEqualTo(TimelineReader.MAX_PAGES);
      assertThat(done(reader.read(look(2)))).as("no more than wanted").hasSize(2);
      assertThat(server.count("/messages")).isEqualTo(TimelineReader.MAX_PAGES + 2);
    }
  }

  private static EventDriver.ReadTimeline look(int limit) {
    return new EventDriver.ReadTimeline(
        ROOM, "m.a", Optional.empty(), Optional.empty(), limit, Optional.empty());
  }

  @Test
  void stateWholeWhatASyncBringsMeanwhileIsNotLostAndALeftRoomIsForgotten() {
    RoomStates states = new RoomStates(server.client);
    assertThat(states.encryption(ROOM)).isEqualTo(Encryption.UNKNOWN);
    CompletableFuture<HttpAnswer> answer = server.hold("/state");
    CompletableFuture<ApiResult<Boolean>> first = states.load(ROOM).toCompletableFuture();
    CompletableFuture<ApiResult<Boolean>> second = states.load(ROOM).toCompletableFuture();
    states.onSync(ROOM, section("join", member("@bob:b", "join", "$new")));
    answer.complete(
        new HttpAnswer(
            200,
            Optional.empty(),
            "["
                + member("@bob:b", "leave", "$old")
                + ","
                + member("@eve:e", "leave", "$eve")
                + ","
                + member("@alice:example.org", "join", "$a")
                + "]"));
    assertThat(get(first).orThrow() && get(second).orThrow()).isTrue();
    assertThat(server.count("/state")).isEqualTo(1);
    assertThat(states.isJoined(ROOM, "@bob:b")).as("by the sync").isTrue();
    assertThat(states.isJoined(ROOM, "@eve:e")).isFalse();
    assertThat(states.members(ROOM)).containsExactlyInAnyOrder("@bob:b", "@alice:example.org");
    assertThat(states.encryption(ROOM)).isEqualTo(Encryption.CLEAR);
    assertThat(states.onSync(ROOM, section("join", member("@bob:b", "join", "$new")))).isEmpty();
    assertThat(states.onSync(ROOM, section("join", member("@bob:b", "leave", "$gone")))).hasSize(1);
    assertThat(states.isJoined(ROOM, "@bob:b")).isFalse();
    assertThat(states.read(ROOM, "m.room.member", StateKeys.ANY)).hasSize(3);
    states.onSync(ROOM, section("leave"));
    assertThat(states.encryption(ROOM)).isEqualTo(Encryption.UNKNOWN);
    assertThat(states.joinedRooms()).isEmpty();
  }

  @Test
  void stateWholeALeaveWhileItIsFetchedEndsThatAndTheNextJoinFetchesAnew() {
    RoomStates states = new RoomStates(server.client);
    HttpAnswer full =
        new HttpAnswer(
            200, Optional.empty(), "[" + member("@alice:example.org", "join", "$a") + "]");
    CompletableFuture<HttpAnswer> answer = server.hold("/state");
    CompletableFuture<ApiResult<Boolean>> first = states.load(ROOM).toCompletableFuture();
    CompletableFuture<ApiResult<Boolean>> second = states.load(ROOM).toCompletableFuture();
    assertThat(first).isNotDone();
    states.onSync(ROOM, section("leave"));
    assertThat(get(first)).isInstanceOf(ApiResult.Failed.class);
    assertThat(get(second)).isInstanceOf(ApiResult.Failed.class);
    answer.complete(full);
    assertThat(states.encryption(ROOM)).as("nothing is known").isEqualTo(Encryption.UNKNOWN);
    assertThat(states.joinedRooms()).isEmpty();
    assertThat(states.members(ROOM)).isEmpty();

    states.onSync(ROOM, section("join"));
    assertThat(get(states.load(ROOM)).orThrow()).as("control").isTrue();
    assertThat(server.count("/state")).isEqualTo(2);
    assertThat(states.joinedRooms()).containsExactly(ROOM);
    assertThat(states.members(ROOM)).containsExactly("@alice:example.org");
  }

  /** The homeserver shows who has left the state as it was then. */
  @Test
  void stateWholeOfARoomThatTheAccountIsNotInNothingIsTaken() {
    RoomStates states = new RoomStates(server.client);
    CompletableFuture<HttpAnswer> answer = server.hold("/state");
    CompletableFuture<ApiResult<Boolean>> load = states.load(ROOM).toCompletableFuture();
    answer.complete(state(member("@alice:example.org", "leave", "$a")));
    assertThat(get(load)).isInstanceOf(ApiResult.Failed.class);
    assertThat(states.encryption(ROOM)).isEqualTo(Encryption.UNKNOWN);
    assertThat(states.joinedRooms()).isEmpty();

    answer = server.hold("/state");
    load = states.load(ROOM).toCompletableFuture();
    answer.complete(state(member("@alice:example.org", "join", "$b")));
    assertThat(get(load).orThrow()).as("control").isTrue();
    assertThat(states.joinedRooms()).containsExactly(ROOM);
  }

  @Test
  void stateWholeAnOlderListOfRoomsDoesNotBringBackOneThatWasLeft() {
    RoomStates states = new RoomStates(server.client);
    long before = states.moment();
    states.onSync(ROOM, section("leave"));
    states.joined(Set.of(ROOM, "!other:x"), before);
    assertThat(states.joinedRooms()).containsExactly("!other:x");
    states.joined(Set.of(ROOM), states.moment());
    assertThat(states.joinedRooms()).as("control: a list from after it").contains(ROOM);
  }

  private static HttpAnswer state(ObjectNode event) {
    return new HttpAnswer(200, Optional.empty(), "[" + event + "]");
  }

  private static RoomSection section(String membership, ObjectNode... state) {
    return new RoomSection(membership, List.of(state), List.of(), List.of());
  }

  private static ObjectNode member(String userId, String membership, String eventId) {
    return json(
        "{'type':'m.room.member','state_key':'"
            + userId
            + "','event_id':'"
            + eventId
            + "','sender':'@x:y','content':{'membership':'"
            + membership
            + "'}}");
  }

  @Test
  void mediaStopAtTheLimitItEndsAndNotBefore() {
    assertThat(get(received(10, 4, 6))).hasSize(10);
    CompletionStage<byte[]> tooLong = received(10, 4, 7, 1);
    assertThatThrownBy(() -> tooLong.toCompletableFuture().join())
        .hasMessageContaining("more than 10 bytes");
  }

  private static CompletionStage<byte[]> received(int limit, int... parts) {
    BoundedBytes bytes = new BoundedBytes(limit);
    bytes.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    for (int part : parts) {
      bytes.onNext(List.of(ByteBuffer.allocate(part)));
    }
    bytes.onComplete();
    return bytes.getBody();
  }

  @Test
  void mediaTokenIsNotShownToWhereTheHomeserverSendsUs() throws Exception {
    List<String> tokens = new CopyOnWriteArrayList<>();
    HttpServer stores =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpServer home =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpClient http = HttpClient.newHttpClient();
    try {
      stores.createContext(
          "/file",
          exchange -> {
            tokens.add("store: " + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write(new byte[] {1, 2, 3});
            exchange.close();
          });
      stores.start();
      home.createContext(
          "/_matrix/client/v1/media/download",
          exchange -> {
            tokens.add("home: " + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange
                .getResponseHeaders()
                .add("Location", "http://127.0.0.1:" + stores.getAddress().getPort() + "/file");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
          });
      home.start();
      MatrixClient client =
          new MatrixClient(
              new MatrixSession(
                  URI.create("http://127.0.0.1:" + home.getAddress().getPort()),
                  "@alice:example.org",
                  "ALICEDEV",
                  AccessToken.of("secret-token")),
              ClientSettings.of(server, server.time));
      MediaContent file =
          done(
              new AccountMedia(client, http)
                  .download(new MediaDriver.Download("mxc://example.org/abc", 3)));
      assertThat(file.bytes()).containsExactly(1, 2, 3);
      assertThat(tokens).containsExactly("home: Bearer secret-token", "store: null");
      assertThat(
              failed(
                      new AccountMedia(client, http)
                          .download(new MediaDriver.Download("mxc://example.org/abc", 2)))
                  .reason())
          .contains("more than 2 bytes");
    } finally {
      home.stop(0);
      stores.stop(0);
    }
  }
}

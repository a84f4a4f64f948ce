package io.matrixrtc.widget.drivers;

import static io.matrixrtc.widget.drivers.HostedRoom.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.client.OpenIdAnswer;
import io.matrixrtc.widget.client.WidgetClient;
import io.matrixrtc.widget.client.WidgetResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A widget in Java, our host, and an account of the embedded homeserver. */
class WidgetAccountTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String MEMBER = "org.matrix.msc3401.call.member";
  private static final String KEYS = "io.element.call.encryption_keys";
  private static final String NOTE = "org.example.note";
  private static final String SEND_NOTE = "org.matrix.msc3819.send.to_device:" + NOTE;

  @SuppressWarnings("NullAway.Init") // open() sets them
  private HostedRoom world;

  private final RecordingWidget heard = new RecordingWidget();

  @SuppressWarnings("NullAway.Init")
  private WidgetClient widget;

  private void open(boolean encrypted, String... more) throws Exception {
    world = new HostedRoom(encrypted);
    DeviceAddress self = world.account.address();
    List<Capability> wanted =
        new ArrayList<>(ElementCall.capabilities(self.userId(), self.deviceId(), world.room));
    Arrays.stream(more).map(Capability::parse).forEach(wanted::add);
    widget = world.widget(heard, wanted);
    assertThat(get(heard.ready)).isTrue();
  }

  @AfterEach
  void close() throws Exception {
    world.close();
  }

  private ObjectNode answer(WidgetAction action, ObjectNode data) {
    WidgetResult result = get(widget.request(action, data));
    assertThat(result).isInstanceOf(WidgetResult.Answered.class);
    return ((WidgetResult.Answered) result).response();
  }

  private String error(WidgetAction action, ObjectNode data) {
    WidgetResult result = get(widget.request(action, data));
    assertThat(result).isInstanceOf(WidgetResult.Refused.class);
    return ((WidgetResult.Refused) result).error().message();
  }

  private static ObjectNode event(String type) {
    ObjectNode data = Json.newObject().put("type", type);
    data.putObject("content").put("body", "x");
    return data;
  }

  @Test
  void whatElementCallAsksForWhenItJoinsIsDoneByTheAccount() throws Exception {
    open(true);
    DeviceAddress self = world.account.address();
    String key = "_" + self.userId() + "_" + self.deviceId() + "_m.call";
    assertThat(heard.hasState("m.room.member", self.userId())).isTrue();
    assertThat(heard.hasState("m.room.encryption", "")).isTrue();
    assertThat(heard.hasState("m.room.name", "")).isTrue();

    answer(WidgetAction.CALL_JOIN, Json.newObject());
    assertThat(
            answer(WidgetAction.GET_RTC_TRANSPORTS, Json.newObject())
                .path("rtc_transports")
                .path(0)
                .path("livekit_service_url")
                .asText())
        .isEqualTo(HostedRoom.SERVICE);
    assertThat(get(widget.requestOpenId())).isInstanceOf(OpenIdAnswer.Allowed.class);

    ObjectNode leave = Json.newObject().put("type", MEMBER).put("state_key", key);
    leave.putObject("content");
    ObjectNode delayed = answer(WidgetAction.SEND_EVENT, leave.put("delay", 18_000));
    String delayId = delayed.path("delay_id").asText();
    assertThat(delayId).isNotEmpty();
    ObjectNode join = event(MEMBER).put("state_key", key);
    String id = answer(WidgetAction.SEND_EVENT, join).path("event_id").asText();
    await().atMost(SOON).until(() -> heard.hasState(MEMBER, key));
    assertThat(heard.state).anyMatch(entry -> entry.path("event_id").asText().equals(id));

    ObjectNode update = Json.newObject().put("delay_id", delayId);
    answer(WidgetAction.UPDATE_DELAYED_EVENT, update.deepCopy().put("action", "restart"));
    answer(WidgetAction.UPDATE_DELAYED_EVENT, update.deepCopy().put("action", "send"));
    await()
        .atMost(SOON)
        .until(
            () ->
                heard.state.stream()
                    .anyMatch(
                        entry ->
                            entry.path("type").asText().equals(MEMBER)
                                && entry.path("content").isEmpty()));
  }

  @Test
  void callKeysGoBothWaysEncryptedAndAsTheTrustPolicySays() throws Exception {
    open(true);
    DeviceAddress self = world.account.address();
    DeviceAddress bob =
        new DeviceAddress(world.bob.device().userId(), world.bob.device().deviceId());
    List<ObjectNode> got = new CopyOnWriteArrayList<>();
    List<SenderEvidence> from = new CopyOnWriteArrayList<>();
    world.bob.onEncrypted(
        KEYS,
        (evidence, content) -> {
          from.add(evidence);
          got.add(content);
        });
    get(world.bob.published());
    ObjectNode data = Json.newObject().put("type", KEYS).put("encrypted", true);
    data.putObject("messages")
        .putObject(bob.userId())
        .set(bob.deviceId(), key(self.deviceId(), self.userId()));
    assertThat(answer(WidgetAction.SEND_TO_DEVICE, data).has("failures")).isFalse();
    await().atMost(SOON).until(() -> got.size() == 1);
    assertThat(from)
        .containsExactly(new SenderEvidence.OlmDevice(self, SenderEvidence.Trust.CROSS_SIGNED));

    ToDeviceChannel channel = world.bob.toDevice();
    assertSent(channel.send(KEYS, key("ANOTHERDEVICE", bob.userId()), Set.of(self)), self);
    assertSent(channel.send(KEYS, key(bob.deviceId(), bob.userId()), Set.of(self)), self);
    await().atMost(SOON).until(() -> !heard.toDevice.isEmpty());
    assertThat(heard.toDevice)
        .as("the key of the device that it claims to be of, and not the other")
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.sender()).isEqualTo(bob.userId());
              assertThat(message.encrypted()).isTrue();
              assertThat(message.content().path("member").path("claimed_device_id").asText())
                  .isEqualTo(bob.deviceId());
            });
  }

  private static void assertSent(
      CompletionStage<Map<DeviceAddress, Outcome>> sending, DeviceAddress to) {
    assertThat(get(sending)).containsExactly(Map.entry(to, new Outcome.Sent()));
  }

  @Test
  void todevTrustWhatADeviceSendsThatItsOwnerDidNotSignDoesNotReachTheWidget() throws Exception {
    open(true, "org.matrix.msc3819.receive.to_device:" + NOTE);
    DeviceAddress self = world.account.address();
    EncryptedClient unsigned = world.unsigned("bob");
    get(unsigned.published());
    get(world.bob.published());
    String user = world.bob.device().userId();
    ObjectNode note = Json.newObject().put("body", "unsigned");
    String second = unsigned.device().deviceId();
    assertSent(unsigned.toDevice().send(KEYS, key(second, user), Set.of(self)), self);
    assertSent(unsigned.toDevice().send(NOTE, note, Set.of(self)), self);
    String first = world.bob.device().deviceId();
    assertSent(world.bob.toDevice().send(KEYS, key(first, user), Set.of(self)), self);
    note = Json.newObject().put("body", "signed");
    assertSent(world.bob.toDevice().send(NOTE, note, Set.of(self)), self);
    await().atMost(SOON).until(() -> heard.toDevice.size() >= 2);
    assertThat(heard.toDevice)
        .as("the twins of what came before it")
        .extracting(
            message ->
                message
                    .content()
                    .path("body")
                    .asText(message.content().path("member").path("claimed_device_id").asText()))
        .containsExactlyInAnyOrder(first, "signed");
  }

  private ObjectNode key(String deviceId, String userId) {
    ObjectNode content = Json.newObject().put("room_id", world.room).put("sent_ts", 1);
    content
        .putObject("keys")
        .put("index", 0)
        .put("key", Base64.getEncoder().withoutPadding().encodeToString(new byte[16]));
    content
        .putObject("member")
        .put("claimed_device_id", deviceId)
        .put("id", userId + ":" + deviceId);
    content
        .putObject("session")
        .put("call_id", "")
        .put("application", "m.call")
        .put("scope", "m.room");
    return content;
  }

  /** A note for a device, or for all of them, of bob's. */
  private ObjectNode note(String deviceId, boolean encrypted) {
    ObjectNode data = Json.newObject().put("type", NOTE).put("encrypted", encrypted);
    data.putObject("messages")
        .putObject(world.bob.device().userId())
        .putObject(deviceId)
        .put("body", "x");
    return data;
  }

  private static ToDeviceChannel.Listener into(List<String> got, String encrypted, String clear) {
    return new ToDeviceChannel.Listener() {
      @Override
      public void onEncrypted(SenderEvidence from, ObjectNode content) {
        got.add(encrypted);
      }

      @Override
      public void onCleartext(String userId, ObjectNode content) {
        got.add(clear);
      }
    };
  }

  @Test
  void todevTrustADeviceThatItsOwnerDidNotSignIsNamedAndGivenNothing() throws Exception {
    open(true, SEND_NOTE);
    EncryptedClient unsigned = world.unsigned("bob");
    get(unsigned.published());
    get(world.bob.published());
    String user = world.bob.device().userId();
    DeviceAddress first = new DeviceAddress(user, world.bob.device().deviceId());
    DeviceAddress second = new DeviceAddress(user, unsigned.device().deviceId());
    List<String> got = new CopyOnWriteArrayList<>();
    world.bob.toDevice().subscribe(NOTE, into(got, "signed", "clear"));
    unsigned.toDevice().subscribe(NOTE, into(got, "unsigned", "marker"));
    await()
        .atMost(SOON)
        .until(
            () -> {
              Map<DeviceAddress, Outcome> barred =
                  get(world.alice.previewRecipients(Set.of(first, second)));
              return barred.get(second) instanceof Outcome.Refused && !barred.containsKey(first);
            });

    ObjectNode failures =
        (ObjectNode) answer(WidgetAction.SEND_TO_DEVICE, note("*", true)).get("failures");
    assertThat(failures.toString()).isEqualTo("{\"" + user + "\":[\"" + second.deviceId() + "\"]}");
    ObjectNode marker = Json.newObject();
    marker.putObject("messages").putObject(user).putObject(second.deviceId());
    get(world
            .alice
            .matrix()
            .api()
            .once(ApiRequest.put(marker, "v3", "sendToDevice", NOTE, "marker")))
        .orThrow();
    await().atMost(SOON).until(() -> got.contains("signed") && got.contains("marker"));
    assertThat(got)
        .as("what was sent to the unsigned device before the marker")
        .containsExactlyInAnyOrder("signed", "marker");
  }

  @Test
  void wr18TodevOlmAnAccountSendsNoCleartextFromAClearRoomEither_ours() throws Exception {
    open(false, SEND_NOTE);
    get(world.bob.published());
    String device = world.bob.device().deviceId();
    List<String> got = new CopyOnWriteArrayList<>();
    world.bob.toDevice().subscribe(NOTE, into(got, "encrypted", "clear"));
    get(world.bob.previewRecipients(Set.of(world.account.address()))); // so that he knows her
    WidgetResult refused = get(widget.request(WidgetAction.SEND_TO_DEVICE, note(device, false)));
    assertThat(refused).isInstanceOf(WidgetResult.Refused.class);
    assertThat(((WidgetResult.Refused) refused).response().path("failures").toString())
        .isEqualTo("{\"" + world.bob.device().userId() + "\":[\"" + device + "\"]}");
    assertThat(answer(WidgetAction.SEND_TO_DEVICE, note(device, true)).has("failures")).isFalse();
    await().atMost(SOON).until(() -> !got.isEmpty());
    assertThat(got).as("the first was not sent").containsExactly("encrypted");
  }

  @Test
  void feedOnceFeedLateMessagesAreEncryptedSentAndFedOnceWhenTheyCanBeRead() throws Exception {
    open(
        true,
        "org.matrix.msc2762.send.event:m.room.message",
        "org.matrix.msc2762.receive.event:m.room.message");
    String id = answer(WidgetAction.SEND_EVENT, event("m.room.message")).path("event_id").asText();
    RoomSendOutcome sent =
        get(world.bob.rooms().send(world.room, "m.room.message", body("from bob")));
    String bobs = ((RoomSendOutcome.Sent) sent).eventId();
    await().atMost(SOON).until(() -> heard.events("m.room.message").size() >= 2);
    assertThat(heard.events("m.room.message"))
        .extracting(event -> event.path("event_id").asText())
        .containsExactlyInAnyOrder(id, bobs);
    ObjectNode raw =
        get(world.alice.matrix().api().once(ApiRequest.get("v3", "rooms", world.room, "event", id)))
            .orThrow();
    assertThat(raw.path("type").asText()).as("on the server").isEqualTo("m.room.encrypted");

    ObjectNode read =
        answer(
            WidgetAction.READ_EVENTS,
            Json.newObject().put("type", "m.room.message").put("limit", 1));
    assertThat(read.path("events")).hasSize(1);
    assertThat(read.path("events").path(0).path("content").path("body").asText())
        .isEqualTo("from bob");
  }

  private static ObjectNode body(String text) {
    return Json.newObject().put("msgtype", "m.text").put("body", text);
  }

  @Test
  void sendClearStickyMembershipsGoOutAndOtherStickyEventsOfEncryptedRoomsDoNot_ours()
      throws Exception {
    open(
        true,
        "org.matrix.msc2762.send.event:org.example.secret",
        "org.matrix.msc2762.receive.event:org.example.secret");
    String type = "org.matrix.msc4143.rtc.member";
    String id =
        answer(WidgetAction.SEND_EVENT, event(type).put("sticky_duration_ms", 60_000))
            .path("event_id")
            .asText();
    await().atMost(SOON).until(() -> !heard.events(type).isEmpty());
    assertThat(heard.events(type)).extracting(e -> e.path("event_id").asText()).containsExactly(id);
    assertThat(heard.events(type).get(0).path("msc4354_sticky").path("duration_ms").asInt())
        .isEqualTo(60_000);
    assertThat(
            error(
                WidgetAction.SEND_EVENT,
                event("org.example.secret").put("sticky_duration_ms", 60_000)))
        .isEqualTo("Error sending event");
    assertThat(error(WidgetAction.SEND_EVENT, event("org.example.secret").put("delay", 60_000)))
        .isEqualTo("Error sending event");
    answer(WidgetAction.SEND_EVENT, event("org.example.secret"));

    RecordingWidget second = new RecordingWidget();
    DeviceAddress self = world.account.address();
    world.widget(
        second, List.copyOf(ElementCall.capabilities(self.userId(), self.deviceId(), world.room)));
    await().atMost(SOON).until(() -> !second.events(type).isEmpty());
    assertThat(second.events(type).get(0).path("event_id").asText()).isEqualTo(id);
  }

  @Test
  void filesRelationsRedactionsUsersTurnAndAccountDataAreThereToo() throws Exception {
    open(
        false,
        "org.matrix.msc4039.upload_file",
        "org.matrix.msc3973.user_directory_search",
        "com.beeper.capabilities.receive.room_account_data:org.example.note");
    byte[] bytes = new byte[300];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    ObjectNode upload = Json.newObject();
    upload
        .putObject("file")
        .put("$base64", Base64.getEncoder().encodeToString(bytes))
        .put("type", "image/png");
    String uri = answer(WidgetAction.UPLOAD_FILE, upload).path("content_uri").asText();
    assertThat(uri).startsWith("mxc://");
    String back =
        answer(WidgetAction.DOWNLOAD_FILE, Json.newObject().put("content_uri", uri))
            .path("file")
            .asText();
    assertThat(Base64.getDecoder().decode(back)).isEqualTo(bytes);
    assertThat(error(WidgetAction.DOWNLOAD_FILE, Json.newObject().put("content_uri", uri + "x")))
        .isEqualTo("Unexpected error while downloading a file");

    String first =
        answer(WidgetAction.SEND_EVENT, event("io.element.call.reaction"))
            .path("event_id")
            .asText();
    ObjectNode reaction = Json.newObject().put("type", "m.reaction");
    reaction
        .putObject("content")
        .putObject("m.relates_to")
        .put("rel_type", "m.annotation")
        .put("event_id", first)
        .put("key", "hand");
    String second = answer(WidgetAction.SEND_EVENT, reaction).path("event_id").asText();
    ObjectNode relations =
        answer(WidgetAction.READ_RELATIONS, Json.newObject().put("event_id", first));
    assertThat(relations.path("chunk").path(0).path("event_id").asText()).isEqualTo(second);
    ObjectNode redaction = Json.newObject().put("type", "m.room.redaction");
    redaction.putObject("content").put("redacts", second);
    assertThat(answer(WidgetAction.SEND_EVENT, redaction).path("event_id").asText()).isNotEmpty();
    await().atMost(SOON).until(() -> heard.events("m.room.redaction").size() == 1);

    ObjectNode found =
        answer(WidgetAction.USER_DIRECTORY_SEARCH, Json.newObject().put("search_term", "bob"));
    assertThat(found.path("results").isArray()).isTrue();
    answer(WidgetAction.WATCH_TURN_SERVERS, Json.newObject());
    await().atMost(SOON).until(() -> heard.requests.contains(WidgetAction.UPDATE_TURN_SERVERS));
    assertThat(
            answer(
                    WidgetAction.READ_ROOM_ACCOUNT_DATA,
                    Json.newObject().put("type", "org.example.note"))
                .path("events"))
        .isEmpty();
  }

  @Test
  void uiOfferALinkIsOfferedToTheUserAndNothingElseIs() throws Exception {
    open(false, "org.matrix.msc2931.navigate");
    String link = "https://matrix.to/#/@bob:localhost";
    for (String uri : List.of("http://evil.example.org/", "https://matrix.to/#/bob", "")) {
      assertThat(error(WidgetAction.NAVIGATE, Json.newObject().put("uri", uri)))
          .isEqualTo("Invalid matrix.to URI");
    }
    assertThat(world.offered).isEmpty();
    assertThat(answer(WidgetAction.NAVIGATE, Json.newObject().put("uri", link))).isEmpty();
    assertThat(world.offered).containsExactly(new MatrixLink(link));
    world.takesOffers = false;
    assertThat(error(WidgetAction.NAVIGATE, Json.newObject().put("uri", link)))
        .as("nobody to offer it to")
        .isEqualTo("Error handling navigation");
  }

  @Test
  void uiOfferNothingIsOfferedWithoutTheCapability() throws Exception {
    open(false);
    ObjectNode link = Json.newObject().put("uri", "https://matrix.to/#/@bob:localhost");
    assertThat(error(WidgetAction.NAVIGATE, link)).isEqualTo("Missing capability");
    assertThat(world.offered).isEmpty();
  }

  @Test
  void consentRoomTheAccountKnowsWhatItsRoomIsCalled() throws Exception {
    open(false);
    assertThat(world.account.rooms().name(world.room)).contains("A room");
    assertThat(world.account.rooms().name("!elsewhere:localhost")).isEmpty();
  }
}

package io.matrixrtc.widget.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.e2ee.EncryptionInfo;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.widget.host.FakeDriver;
import io.matrixrtc.widget.host.FakeRooms;
import io.matrixrtc.widget.host.FrameMessage;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.RoomView;
import io.matrixrtc.widget.host.WidgetHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What of a sync reaches a host, and how often. */
class HostFeedTest {
  private static final String ROOM = "!room:example.org";
  private static final String ORIGIN = "https://widget.example.org";

  private static final EncryptionInfo INFO = info();
  private static final RoomKeyId KEY = new RoomKeyId(ROOM, "session");

  private final ScriptedHomeserver server = new ScriptedHomeserver();
  private final RoomStates states = new RoomStates(server.client);
  private final HostFeed feed = new HostFeed(states);
  private final List<ObjectNode> posted = new ArrayList<>();

  private static EncryptionInfo info() {
    try {
      Curve25519PublicKey key = Curve25519PublicKey.of(new byte[32]);
      return new EncryptionInfo("@b:b", Optional.of("B"), key, VerificationState.VERIFIED);
    } catch (KeyFormatException e) {
      throw new AssertionError(e);
    }
  }

  private void open() {
    open(states);
  }

  private void open(RoomView rooms) {
    WidgetHost host =
        new WidgetHost(
            HostedWidget.call("w", ORIGIN, new DeviceAddress("@alice:example.org", "A"), ROOM),
            HostLimits.DEFAULT,
            rooms,
            new FakeDriver(),
            text -> posted.add(json(text)),
            event -> {},
            server.time,
            new Random(1));
    feed.attach(host);
    host.onFrameLoaded();
    host.onMessage(request("content_loaded"));
    ObjectNode asked = posted.get(posted.size() - 1);
    asked
        .putObject("response")
        .putArray("capabilities")
        .add("org.matrix.msc2762.receive.event:m.reaction")
        .add("org.matrix.msc2762.receive.event:m.room.message")
        .add("org.matrix.msc3819.receive.to_device:org.example.note");
    host.onMessage(new FrameMessage(ORIGIN, true, asked.toString()));
    posted.clear();
  }

  private static FrameMessage request(String action) {
    return new FrameMessage(
        ORIGIN,
        true,
        "{\"api\":\"fromWidget\",\"widgetId\":\"w\",\"requestId\":\"1\",\"action\":\""
            + action
            + "\",\"data\":{}}");
  }

  private static ObjectNode json(String text) {
    try {
      return Json.parseObject(text.replace('\'', '"'));
    } catch (MalformedJsonException e) {
      throw new AssertionError(e);
    }
  }

  private static ObjectNode event(String type, String id) {
    return json("{'type':'" + type + "','event_id':'" + id + "','sender':'@b:b','content':{}}");
  }

  private void sync(List<ObjectNode> timeline, List<ObjectNode> sticky) {
    feed.onEvent(new ClientEvent.Room(ROOM, new RoomSection("join", List.of(), timeline, sticky)));
  }

  private void read(String id) {
    feed.onEvent(
        new ClientEvent.RoomEvent(
            ROOM, new RoomEventResult.Decrypted(event("m.room.message", id), INFO, KEY, 0)));
  }

  private List<String> fed() {
    return posted.stream()
        .filter(message -> message.path("action").asText().equals("send_event"))
        .map(message -> message.path("data").path("event_id").asText())
        .toList();
  }

  @Test
  void feedOnceAnEventThatIsInTwoSectionsOrSyncsIsFedOnce() {
    open();
    sync(List.of(event("m.reaction", "$1")), List.of(event("m.reaction", "$1")));
    sync(List.of(event("m.reaction", "$1"), event("m.reaction", "$2")), List.of());
    assertThat(fed()).containsExactly("$1", "$2");
  }

  @Test
  void feedLateAnEventThatCanBeReadLaterIsFedThenAndHistoryIsNot() {
    open();
    sync(List.of(event("m.room.encrypted", "$1")), List.of());
    assertThat(fed()).isEmpty();
    read("$old");
    assertThat(fed()).as("it was in no sync since").isEmpty();
    read("$1");
    read("$1");
    assertThat(fed()).containsExactly("$1");
  }

  private List<ObjectNode> toDevice() {
    return posted.stream()
        .filter(message -> message.path("action").asText().equals("send_to_device"))
        .map(message -> (ObjectNode) message.get("data"))
        .toList();
  }

  @Test
  void todevFlagCleartextIsFedAsCleartextWhateverItSaysAndEncryptedAsEncrypted() {
    FakeRooms rooms = new FakeRooms();
    rooms.join(ROOM, "@alice:example.org");
    rooms.clear(ROOM);
    open(rooms);
    ObjectNode note =
        json("{'type':'org.example.note','sender':'@b:b','encrypted':true,'content':{'a':1}}");
    feed.onEvent(new ClientEvent.ToDevice(new ToDeviceResult.PlainText(note.deepCopy(), 1)));
    assertThat(toDevice())
        .containsExactly(
            json(
                "{'type':'org.example.note','sender':'@b:b','encrypted':false,"
                    + "'content':{'a':1}}"));
    posted.clear();
    feed.onEvent(new ClientEvent.ToDevice(new ToDeviceResult.Decrypted(note.deepCopy(), INFO, 2)));
    assertThat(toDevice())
        .as("control")
        .containsExactly(
            json(
                "{'type':'org.example.note','sender':'@b:b','encrypted':true,"
                    + "'content':{'a':1}}"));
    posted.clear();
    long notKept = ToDeviceResult.NOT_KEPT;
    feed.onEvent(new ClientEvent.ToDevice(new ToDeviceResult.PlainText(note.deepCopy(), notKept)));
    feed.onEvent(
        new ClientEvent.ToDevice(new ToDeviceResult.Decrypted(note.deepCopy(), INFO, notKept)));
    ObjectNode odd = note.deepCopy();
    odd.put("content", "text");
    feed.onEvent(new ClientEvent.ToDevice(new ToDeviceResult.PlainText(odd, 3)));
    assertThat(toDevice()).as("the machine's own, and what is no message").isEmpty();
  }

  @Test
  void todevClearCleartextDoesNotReachTheWidgetOfARoomWhoseEncryptionIsNotKnown() {
    open();
    ObjectNode note = json("{'type':'org.example.note','sender':'@b:b','content':{}}");
    feed.onEvent(new ClientEvent.ToDevice(new ToDeviceResult.PlainText(note.deepCopy(), 1)));
    assertThat(toDevice()).isEmpty();
    feed.onEvent(new ClientEvent.ToDevice(new ToDeviceResult.Decrypted(note.deepCopy(), INFO, 2)));
    assertThat(toDevice()).as("control").hasSize(1);
  }

  @Test
  void recentIdsForgetTheOldestAtTheirLimit() {
    RecentIds ids = new RecentIds(2);
    assertThat(ids.add("a") && ids.add("b")).isTrue();
    assertThat(ids.add("a")).isFalse();
    assertThat(ids.add("c")).isTrue();
    assertThat(ids.add("b")).as("still known").isFalse();
    assertThat(ids.remove("a")).as("forgotten").isFalse();
  }
}

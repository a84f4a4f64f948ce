package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ROOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** No action and no feature is left out: each is carried out, or refused on purpose. */
class EveryActionTest {
  private static final String EVENT = "'type':'x','content':{}";
  private static final String CALL =
      "'room_id':'" + ROOM + "','slot_id':'m.call#ROOM','member':{'id':'i'}";

  /** What is granted to all of these: an event type, both ways. */
  private static final List<String> BASE =
      List.of(
          "org.matrix.msc2762.send.event:x",
          "org.matrix.msc2762.receive.event:x",
          "org.matrix.msc3819.send.to_device:x",
          "com.beeper.capabilities.receive.room_account_data:x");

  /** A request of each action that a widget may start and that is offered. */
  private static final Map<WidgetAction, String> OFFERED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(WidgetAction.SUPPORTED_API_VERSIONS, "{}"),
              Map.entry(WidgetAction.CONTENT_LOADED, "{}"),
              Map.entry(WidgetAction.REQUEST_CAPABILITIES, "{'capabilities':[]}"),
              Map.entry(WidgetAction.SEND_EVENT, "{" + EVENT + "}"),
              Map.entry(
                  WidgetAction.UPDATE_DELAYED_EVENT, "{'delay_id':'delay1','action':'restart'}"),
              Map.entry(WidgetAction.READ_EVENTS, "{'type':'x'}"),
              Map.entry(WidgetAction.READ_RELATIONS, "{'event_id':'$e'}"),
              Map.entry(WidgetAction.READ_ROOM_ACCOUNT_DATA, "{'type':'x'}"),
              Map.entry(
                  WidgetAction.SEND_TO_DEVICE,
                  "{'type':'x','encrypted':true,'messages':{'@bob:example.org':{'BOBDEV':{}}}}"),
              Map.entry(WidgetAction.GET_OPENID, "{}"),
              Map.entry(WidgetAction.WATCH_TURN_SERVERS, "{}"),
              Map.entry(WidgetAction.UNWATCH_TURN_SERVERS, "{}"),
              Map.entry(WidgetAction.USER_DIRECTORY_SEARCH, "{'search_term':'a'}"),
              Map.entry(WidgetAction.GET_MEDIA_CONFIG, "{}"),
              Map.entry(WidgetAction.UPLOAD_FILE, "{'file':'AAAA'}"),
              Map.entry(WidgetAction.DOWNLOAD_FILE, "{'content_uri':'mxc://e/a'}"),
              Map.entry(WidgetAction.GET_RTC_TRANSPORTS, "{}"),
              Map.entry(
                  WidgetAction.LIVEKIT_GET_TOKEN, "{" + CALL + ",'server_name':'s','url':'u'}"),
              Map.entry(
                  WidgetAction.LIVEKIT_DELEGATE_DELAYED_LEAVE,
                  "{" + CALL + ",'delay_id':'delay1'}"),
              Map.entry(WidgetAction.NAVIGATE, "{'uri':'https://matrix.to/#/@a:b'}"),
              Map.entry(WidgetAction.VIEW_ROOM, "{'room_id':'!r:e'}"),
              Map.entry(WidgetAction.SET_ALWAYS_ON_SCREEN, "{'value':true}"),
              Map.entry(WidgetAction.STICKER, "{'name':'n','content':{'url':'mxc://e/a'}}"),
              Map.entry(WidgetAction.CALL_JOIN, "{}"),
              Map.entry(WidgetAction.CALL_HANGUP, "{}"),
              Map.entry(WidgetAction.CALL_CLOSE, "{}"),
              Map.entry(
                  WidgetAction.CALL_DEVICE_MUTE, "{'audio_enabled':true,'video_enabled':true}")));

  /** Modal widgets, integration managers and what Jitsi alone does. */
  private static final Set<WidgetAction> NOT_OFFERED =
      EnumSet.of(
          WidgetAction.OPEN_MODAL,
          WidgetAction.CLOSE_MODAL,
          WidgetAction.SET_BUTTON_ENABLED,
          WidgetAction.INTEGRATION_MANAGER_OPEN,
          WidgetAction.CALL_TILE_LAYOUT,
          WidgetAction.CALL_SPOTLIGHT_LAYOUT,
          WidgetAction.CALL_PARTICIPANTS,
          WidgetAction.CALL_START_LIVE_STREAM);

  /** The requests that each feature opens; a feature without any is listed all the same. */
  private static final Map<Feature, List<Map.Entry<WidgetAction, String>>> OPENS = opens();

  private static Map<Feature, List<Map.Entry<WidgetAction, String>>> opens() {
    Map<Feature, List<Map.Entry<WidgetAction, String>>> map = new EnumMap<>(Feature.class);
    map.put(Feature.SCREENSHOT, List.of()); // what the app may ask for
    map.put(Feature.STICKER, offered(WidgetAction.STICKER));
    map.put(Feature.ALWAYS_ON_SCREEN, offered(WidgetAction.SET_ALWAYS_ON_SCREEN));
    map.put(Feature.REQUIRES_CLIENT, List.of()); // a hint
    map.put(Feature.VIEW_ROOM, offered(WidgetAction.VIEW_ROOM));
    map.put(Feature.VISIBILITY, List.of()); // of the Scalar days, without effect
    map.put(Feature.NAVIGATE, offered(WidgetAction.NAVIGATE));
    map.put(
        Feature.TURN_SERVERS,
        offered(WidgetAction.WATCH_TURN_SERVERS, WidgetAction.UNWATCH_TURN_SERVERS));
    map.put(Feature.USER_DIRECTORY_SEARCH, offered(WidgetAction.USER_DIRECTORY_SEARCH));
    map.put(Feature.UPLOAD_FILE, offered(WidgetAction.GET_MEDIA_CONFIG, WidgetAction.UPLOAD_FILE));
    map.put(Feature.DOWNLOAD_FILE, offered(WidgetAction.DOWNLOAD_FILE));
    map.put(
        Feature.SEND_DELAYED_EVENT,
        List.of(Map.entry(WidgetAction.SEND_EVENT, "{" + EVENT + ",'delay':1000}")));
    map.put(Feature.UPDATE_DELAYED_EVENT, offered(WidgetAction.UPDATE_DELAYED_EVENT));
    map.put(
        Feature.SEND_STICKY_EVENT,
        List.of(Map.entry(WidgetAction.SEND_EVENT, "{" + EVENT + ",'sticky_duration_ms':1000}")));
    map.put(Feature.RECEIVE_STICKY_EVENT, List.of()); // what is pushed
    map.put(Feature.RTC_TRANSPORTS, offered(WidgetAction.GET_RTC_TRANSPORTS));
    map.put(Feature.LIVEKIT_GET_TOKEN, offered(WidgetAction.LIVEKIT_GET_TOKEN));
    map.put(
        Feature.LIVEKIT_DELEGATE_DELAYED_LEAVE,
        offered(WidgetAction.LIVEKIT_DELEGATE_DELAYED_LEAVE));
    return map;
  }

  private static List<Map.Entry<WidgetAction, String>> offered(WidgetAction... actions) {
    List<Map.Entry<WidgetAction, String>> requests = new ArrayList<>();
    for (WidgetAction action : actions) {
      requests.add(Map.entry(action, OFFERED.getOrDefault(action, "")));
    }
    return requests;
  }

  /** A widget with the base and these features, and a delayed event of its own. */
  private static HostRig with(Set<Feature> features) {
    List<String> all = new ArrayList<>(BASE);
    features.forEach(feature -> all.add(feature.text()));
    HostRig rig = HostRig.granted(all.toArray(String[]::new));
    if (features.contains(Feature.SEND_DELAYED_EVENT)) {
      rig.ask("send_event", "{" + EVENT + ",'delay':1000}");
    }
    return rig;
  }

  private static boolean isRefused(HostRig rig, Map.Entry<WidgetAction, String> request) {
    return rig.ask(request.getKey().wireName(), request.getValue()).has("error");
  }

  @Test
  void actionKnownEachIsCarriedOutOrRefusedOnPurpose() {
    for (WidgetAction action : WidgetAction.values()) {
      if (!action.goes(Direction.FROM_WIDGET)) {
        assertThat(OFFERED).doesNotContainKey(action);
        assertThat(with(Set.of()).refused(action.wireName(), "{}"))
            .as("the host alone starts it")
            .startsWith("Unknown or unsupported from-widget action");
        continue;
      }
      assertThat(OFFERED.containsKey(action))
          .as("%s", action)
          .isNotEqualTo(NOT_OFFERED.contains(action));
      for (String name : action.wireNames()) {
        HostRig rig = with(EnumSet.allOf(Feature.class));
        ObjectNode response = rig.ask(name, OFFERED.getOrDefault(action, "{}"));
        assertThat(response.has("error"))
            .as("%s: %s", name, response)
            .isEqualTo(NOT_OFFERED.contains(action));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> capFeatureEachOpensItsOwnActionsAndNoOthers() {
    return Stream.of(Feature.values())
        .map(feature -> DynamicTest.dynamicTest(feature.text(), () -> opensItsOwn(feature)));
  }

  private static void opensItsOwn(Feature feature) {
    assertThat(OPENS).containsKey(feature);
    HostRig all = with(EnumSet.allOf(Feature.class));
    HostRig others = with(EnumSet.complementOf(EnumSet.of(feature)));
    for (Map.Entry<WidgetAction, String> request : OPENS.getOrDefault(feature, List.of())) {
      assertThat(isRefused(all, request)).as("with all: %s", request).isFalse();
      assertThat(isRefused(others, request)).as("without it: %s", request).isTrue();
    }
    HostRig alone = with(EnumSet.of(feature));
    OPENS.forEach(
        (other, requests) -> {
          if (other != feature) {
            requests.forEach(
                request -> assertThat(isRefused(alone, request)).as("alone: %s", request).isTrue());
          }
        });
  }

  @Test
  void actionAppTheAppAsksForWhatIsItsOwnAndNothingElse() {
    Set<WidgetAction> apps =
        EnumSet.of(
            WidgetAction.THEME_CHANGE,
            WidgetAction.LANGUAGE_CHANGE,
            WidgetAction.VISIBILITY,
            WidgetAction.SCREENSHOT,
            WidgetAction.CALL_JOIN,
            WidgetAction.CALL_HANGUP,
            WidgetAction.CALL_DEVICE_MUTE,
            WidgetAction.CALL_TILE_LAYOUT,
            WidgetAction.CALL_SPOTLIGHT_LAYOUT,
            WidgetAction.CALL_PARTICIPANTS,
            WidgetAction.CALL_START_LIVE_STREAM);
    HostRig rig = with(EnumSet.allOf(Feature.class));
    for (WidgetAction action : WidgetAction.values()) {
      List<Optional<ObjectNode>> answers = new ArrayList<>();
      if (!apps.contains(action)) {
        assertThatThrownBy(
                () -> rig.machine.request(action, HostRig.json("{}"), answers::add, rig.now))
            .as("%s", action)
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      ObjectNode data = HostRig.json("{'a':1}");
      rig.perform(rig.machine.request(action, data, answers::add, rig.now));
      ObjectNode push = rig.lastPush(action.wireName());
      assertThat(push.path("data")).isEqualTo(data);
      rig.answer(push, HostRig.json("{'b':2}"));
      assertThat(answers).as("%s", action).containsExactly(Optional.of(HostRig.json("{'b':2}")));
    }
  }
}

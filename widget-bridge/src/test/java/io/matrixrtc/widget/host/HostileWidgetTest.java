package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ORIGIN;
import static io.matrixrtc.widget.host.HostRig.OTHER_ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.widget.host.HostEvent.DropReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A page that tries everything. Beside each trick stands the allowed twin, which must work. */
class HostileWidgetTest {
  private static final String SEND = "org.matrix.msc2762.send.event:m.reaction";
  private static final String REACTION = "{'type':'m.reaction','content':{}}";

  private final HostRig rig = HostRig.granted(SEND);

  private DropReason dropped(FrameMessage message) {
    int posts = rig.posted.size();
    rig.perform(rig.machine.onMessage(message, rig.now));
    assertThat(rig.posted).as("no answer").hasSize(posts);
    List<HostEvent.Dropped> all = rig.eventsOf(HostEvent.Dropped.class);
    assertThat(all).isNotEmpty();
    return all.get(all.size() - 1).reason();
  }

  private void control() {
    assertThat(rig.ask("send_event", REACTION).has("event_id")).as("the allowed twin").isTrue();
  }

  @Test
  void sourceOriginWt3AnotherOriginIsNotHeard_ours() {
    String text = HostRig.envelope("send_event", REACTION, "x");
    for (String origin :
        List.of(
            "https://evil.example.org",
            "http://widget.example.org",
            ORIGIN + ":8443",
            "null",
            "")) {
      assertThat(dropped(new FrameMessage(origin, true, text))).isEqualTo(DropReason.WRONG_ORIGIN);
    }
    assertThat(rig.driver.calls).isEmpty();
    control();
  }

  @Test
  void sourceOriginAWidgetIsHeardHoweverItsAppSpellsItsOrigin() {
    for (String spelling : List.of(ORIGIN, "HTTPS://Widget.Example.org:443/", ORIGIN + "/w?x")) {
      HostRig spelled =
          new HostRig(
              HostedWidget.call("widget-1", spelling, WIDGET.account(), HostRig.ROOM),
              HostLimits.DEFAULT);
      String text = HostRig.envelope("supported_api_versions", "{}", "x");
      spelled.perform(spelled.machine.onMessage(new FrameMessage(ORIGIN, true, text), spelled.now));
      assertThat(spelled.posted).as(spelling).hasSize(1);
    }
  }

  @Test
  void sourceFrameAnotherWindowOfTheSameOriginIsNotHeard_ours() {
    String text = HostRig.envelope("send_event", REACTION, "x");
    assertThat(dropped(new FrameMessage(ORIGIN, false, text))).isEqualTo(DropReason.WRONG_SOURCE);
    assertThat(rig.driver.calls).isEmpty();
    control();
  }

  @Test
  void sourceIdAForgedWidgetIdIsNotHeard() {
    String text = HostRig.envelope("send_event", REACTION, "x").replace("widget-1", "widget-2");
    assertThat(dropped(new FrameMessage(ORIGIN, true, text))).isEqualTo(DropReason.WRONG_WIDGET_ID);
    control();
  }

  @Test
  void directionWt2RequestsAndRepliesGoOneWay() {
    String request = HostRig.envelope("send_event", REACTION, "x");
    assertThat(dropped(new FrameMessage(ORIGIN, true, request.replace("fromWidget", "toWidget"))))
        .isEqualTo(DropReason.WRONG_DIRECTION);
    String reply = request.substring(0, request.length() - 1) + ",\"response\":{}}";
    assertThat(dropped(new FrameMessage(ORIGIN, true, reply)))
        .isEqualTo(DropReason.WRONG_DIRECTION);
    control();
  }

  @Test
  void widgetSizeFiftyMegabytesAreDroppedUnread() {
    String text = "{\"x\":\"" + "a".repeat(50 << 20) + "\"}";
    assertThat(dropped(new FrameMessage(ORIGIN, true, text))).isEqualTo(DropReason.TOO_LONG);
    control();
  }

  @Test
  void widgetProtoPrototypeTricksAreDropped() {
    String text =
        HostRig.envelope("send_event", REACTION, "x")
            .replace("\"content\":{}", "\"content\":{\"__proto__\":{\"x\":1}}");
    assertThat(dropped(new FrameMessage(ORIGIN, true, text))).isEqualTo(DropReason.MALFORMED);
    for (String action : List.of("__proto__", "constructor", "toString", "valueOf")) {
      assertThat(rig.refused(action, "{}"))
          .isEqualTo("Unknown or unsupported from-widget action: " + action);
    }
    control();
  }

  @Test
  void actionUnknownWu2GetsAnErrorThatRepeatsTheRequest() {
    rig.frame(HostRig.envelope("org.example.x", "{'a':[1]}", "id-9"));
    ObjectNode reply = rig.posted.get(rig.posted.size() - 1);
    assertThat(reply.toString())
        .isEqualTo(
            "{\"api\":\"fromWidget\",\"widgetId\":\"widget-1\",\"requestId\":\"id-9\","
                + "\"action\":\"org.example.x\",\"data\":{\"a\":[1]},\"response\":{\"error\":"
                + "{\"message\":\"Unknown or unsupported from-widget action: org.example.x\"}}}");
  }

  @Test
  void roomPinRoomGrantOtherRoomsAreOutOfReach() {
    String denied = "Unable to access room timeline: " + OTHER_ROOM;
    HostRig wide =
        HostRig.granted(
            SEND,
            "org.matrix.msc2762.receive.event:m.reaction",
            "org.matrix.msc2762.timeline:*",
            "com.beeper.capabilities.receive.room_account_data:a");
    String room = ",'room_id':'" + OTHER_ROOM + "'}";
    String rooms = ",'room_ids':['" + OTHER_ROOM + "']}";
    assertThat(wide.refused("send_event", "{'type':'m.reaction','content':{}" + room))
        .isEqualTo(denied);
    assertThat(wide.refused("read_events", "{'type':'m.reaction'" + rooms)).isEqualTo(denied);
    assertThat(wide.refused("read_relations", "{'event_id':'$e'" + room)).isEqualTo(denied);
    assertThat(wide.refused("com.beeper.read_room_account_data", "{'type':'a'" + rooms))
        .isEqualTo(denied);
    assertThat(wide.driver.calls).isEmpty();
    wide.perform(wide.machine.onRoomEvent(OTHER_ROOM, HostRig.event("m.reaction", "{}"), wide.now));
    assertThat(wide.pushes("send_event")).isEmpty();
    assertThat(
            wide.ask(
                    "send_event",
                    "{'type':'m.reaction','content':{},'room_id':'" + HostRig.ROOM + "'}")
                .has("event_id"))
        .as("control: the own room may be named")
        .isTrue();
    String own = ",'room_id':'" + HostRig.ROOM + "'}";
    String owns = ",'room_ids':['" + HostRig.ROOM + "']}";
    wide.driver.timeline.add(HostRig.event("m.reaction", "{}"));
    assertThat(wide.ask("read_events", "{'type':'m.reaction'" + owns).path("events")).hasSize(1);
    assertThat(wide.ask("read_relations", "{'event_id':'$e'" + own).has("chunk")).isTrue();
    assertThat(wide.ask("com.beeper.read_room_account_data", "{'type':'a'" + owns).has("events"))
        .isTrue();
    wide.perform(
        wide.machine.onRoomEvent(HostRig.ROOM, HostRig.event("m.reaction", "{}"), wide.now));
    assertThat(wide.pushes("send_event")).as("control: the own room is fed").hasSize(1);
  }

  @Test
  void replayARepeatedRequestIsNotCarriedOutTwice_ours() {
    ObjectNode first = rig.request("send_event", REACTION, "same").orElseThrow();
    ObjectNode second = rig.request("send_event", REACTION, "same").orElseThrow();
    assertThat(second.toString()).isEqualTo(first.toString());
    assertThat(rig.driver.callsOf(EventDriver.Send.class)).hasSize(1);
    ObjectNode other =
        rig.request("send_event", "{'type':'m.reaction','content':{'x':1}}", "same").orElseThrow();
    assertThat(other.has("error")).isTrue();
    assertThat(rig.driver.callsOf(EventDriver.Send.class)).hasSize(1);
    control();
  }

  @Test
  void replayARequestThatIsUnderWayIsNotStartedAgain() {
    rig.held = call -> true;
    rig.request("send_event", REACTION, "same");
    rig.request("send_event", REACTION, "same");
    assertThat(rig.waiting()).isEqualTo(1);
    rig.release();
    assertThat(rig.posted).hasSize(1);
  }

  @Test
  void replyMatchWu13ForgedLateAndSecondRepliesCountForNothing() {
    HostRig fresh = new HostRig();
    fresh.request("content_loaded", "{}");
    ObjectNode asked = fresh.lastPush("capabilities");
    ObjectNode unknown = asked.deepCopy().put("requestId", "guess");
    ObjectNode other = asked.deepCopy().put("action", "notify_capabilities");
    fresh.answer(unknown, HostRig.json("{'capabilities':['m.sticker']}"));
    fresh.answer(other, HostRig.json("{'capabilities':['m.sticker']}"));
    assertThat(fresh.eventsOf(HostEvent.Dropped.class))
        .extracting(HostEvent.Dropped::reason)
        .containsExactly(DropReason.UNKNOWN_REPLY, DropReason.REPLY_OF_ANOTHER_ACTION);
    assertThat(fresh.driver.calls).isEmpty();
    fresh.answer(asked.deepCopy(), HostRig.json("{'capabilities':['m.sticker']}"));
    assertThat(fresh.machine.grants().capabilities()).as("control").hasSize(1);
    fresh.answer(asked.deepCopy(), HostRig.json("{'capabilities':['m.always_on_screen']}"));
    assertThat(fresh.machine.grants().capabilities()).as("a second reply").hasSize(1);
    fresh.passes(Duration.ofSeconds(11));
    ObjectNode late = fresh.lastPush("notify_capabilities");
    fresh.answer(late, HostRig.json("{}"));
    assertThat(fresh.eventsOf(HostEvent.Dropped.class)).hasSize(4);
  }

  @Test
  void replyMatchRepliesMayComeInAnyOrder() {
    HostRig feed = HostRig.granted("org.matrix.msc2762.receive.event:m.reaction");
    for (int i = 0; i < 3; i++) {
      feed.perform(
          feed.machine.onRoomEvent(HostRig.ROOM, HostRig.event("m.reaction", "{}"), feed.now));
    }
    List<ObjectNode> pushes = feed.pushes("send_event");
    for (int i : new int[] {2, 0, 1}) {
      feed.answer(pushes.get(i), HostRig.json("{}"));
    }
    feed.passes(Duration.ofMinutes(1));
    assertThat(feed.events).as("each was answered").isEmpty();
  }

  @Test
  void rateLimitAFloodIsRefusedAndTheBucketFillsAgain() {
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      refused += rig.ask("send_event", REACTION).has("error") ? 1 : 0;
    }
    assertThat(refused).isEqualTo(100 - RateClass.SEND.burst());
    assertThat(rig.refused("send_event", REACTION)).isEqualTo("Too many requests in a short time");
    assertThat(rig.ask("supported_api_versions", "{}").has("error"))
        .as("another class has its own")
        .isFalse();
    rig.passes(Duration.ofSeconds(1));
    control();
  }

  @Test
  void rateLimitReloadingDoesNotFillTheBucket() {
    for (int i = 0; i < RateClass.SEND.burst(); i++) {
      rig.ask("send_event", REACTION);
    }
    rig.load();
    rig.load();
    rig.negotiate(SEND);
    assertThat(rig.refused("send_event", REACTION)).isEqualTo("Too many requests in a short time");
  }

  @Test
  void rateLimitFloodEndUnknownActionsAreOfTheCheapClass() {
    String known = "Unknown or unsupported from-widget action: org.example.x";
    rig.passes(Duration.ofSeconds(1)); // the bucket is full
    for (int i = 0; i < RateClass.CHEAP.burst(); i++) {
      assertThat(rig.refused("org.example.x", "{}")).isEqualTo(known);
    }
    String tooMany = "Too many requests in a short time";
    int most = HostLimits.DEFAULT.maxStrikes();
    for (int i = 0; i < most; i++) {
      assertThat(rig.refused("org.example.x", "{}")).isEqualTo(tooMany);
    }
    assertThat(rig.machine.isEnded()).isFalse();
    assertThat(rig.refused("supported_api_versions", "{}")).as("of this class").isEqualTo(tooMany);
    assertThat(rig.machine.isEnded()).isTrue();
    assertThat(rig.eventsOf(HostEvent.Ended.class))
        .containsExactly(new HostEvent.Ended(HostEvent.EndReason.FLOODED_BY_WIDGET));
  }

  @Test
  void rateLimitSomeUnknownActionsCostTheOthersNothing() {
    for (int second = 0; second < 30; second++) {
      for (int i = 0; i < RateClass.CHEAP.perSecond(); i++) {
        assertThat(rig.refused("org.example.x", "{}")).startsWith("Unknown");
      }
      rig.passes(Duration.ofSeconds(1));
    }
    assertThat(rig.ask("supported_api_versions", "{}").has("error")).isFalse();
    control();
  }

  @Test
  void floodEndAFloodEndsTheSessionAndTheUserIsTold() {
    int most = HostLimits.DEFAULT.maxStrikes();
    FrameMessage rubbish = new FrameMessage(ORIGIN, true, "rubbish");
    for (int i = 0; i < most; i++) {
      rig.perform(rig.machine.onMessage(rubbish, rig.now));
    }
    assertThat(rig.machine.isEnded()).isFalse();
    control();
    rig.perform(rig.machine.onMessage(rubbish, rig.now));
    assertThat(rig.machine.isEnded()).isTrue();
    assertThat(rig.eventsOf(HostEvent.Ended.class))
        .containsExactly(new HostEvent.Ended(HostEvent.EndReason.FLOODED_BY_WIDGET));
    assertThat(rig.request("send_event", REACTION)).as("nothing is answered any more").isEmpty();
  }

  @Test
  void floodEndOldStrikesAreForgiven() {
    FrameMessage rubbish = new FrameMessage(ORIGIN, true, "rubbish");
    for (int second = 0; second < 30; second++) {
      for (int i = 0; i < 40; i++) {
        rig.perform(rig.machine.onMessage(rubbish, rig.now));
      }
      rig.passes(Duration.ofSeconds(1));
    }
    assertThat(rig.machine.isEnded()).isFalse();
  }

  @Test
  void wt4AfterTheEndNothingIsHeard() {
    rig.perform(rig.machine.close(rig.now));
    assertThat(rig.request("send_event", REACTION)).isEmpty();
    rig.perform(rig.machine.onRoomEvent(HostRig.ROOM, HostRig.event("m.reaction", "{}"), rig.now));
    assertThat(rig.posted).isEmpty();
    assertThat(rig.machine.nextDeadline()).isEmpty();
    assertThat(rig.machine.grants().capabilities()).isEmpty();
  }

  @Test
  void fieldsTypedAnyPayloadOfAnyActionIsAnsweredOnce() {
    String[] actions = {
      "send_event",
      "read_events",
      "read_relations",
      "send_to_device",
      "update_delayed_event",
      "download_file",
      "upload_file",
      "user_directory_search",
      "navigate",
      "set_always_on_screen",
      "rtc_livekit_get_token",
      "rtc_livekit_delegate_delayed_leave",
      "io.element.device_mute",
      "request_capabilities",
      "com.beeper.read_room_account_data",
      "m.sticker",
      "get_openid",
      "io.element.view_room",
      "open_modal"
    };
    String[] names = {
      "type", "content", "state_key", "delay", "sticky_duration_ms", "room_id", "room_ids", "limit",
      "event_id", "messages", "encrypted", "delay_id", "action", "content_uri", "file", "uri",
      "value", "capabilities", "search_term", "member", "slot_id", "msgtype", "since", "timeout_ms"
    };
    String[] values = {
      "null",
      "true",
      "-1",
      "1e308",
      "99999999999999999999",
      "''",
      "'x'",
      "[]",
      "{}",
      "[null,{}]",
      "{'@a:b':{'*':7}}",
      "'!room:example.org'",
      "'mxc://a/b'",
      "{'keys':{}}"
    };
    Cases.run(
        "any payload of any action",
        3_000,
        100_000,
        (seed, random) -> {
          HostRig any = seed % 100 == 0 ? HostRig.granted(ALL) : shared();
          StringBuilder data = new StringBuilder("{");
          for (int i = random.nextInt(6); i > 0; i--) {
            data.append(data.length() > 1 ? "," : "")
                .append('\'')
                .append(names[random.nextInt(names.length)])
                .append("':")
                .append(values[random.nextInt(values.length)]);
          }
          any.passes(Duration.ofMillis(2_500));
          ObjectNode response =
              any.ask(actions[random.nextInt(actions.length)], data.append('}').toString());
          assertThat(response.isObject()).isTrue();
          any.posted.clear();
        });
  }

  private static final String[] ALL = {
    "m.sticker",
    "m.always_on_screen",
    "m.navigate",
    "m.upload_file",
    "m.download_file",
    "m.send.delayed_event",
    "m.update_delayed_event",
    "m.send.sticky_event",
    "rtc_transports",
    "m.user_directory_search",
    "io.element.view_room",
    "m.send.event:x",
    "m.receive.event:x",
    "m.send.state_event:x",
    "m.receive.state_event:x",
    "m.send.to_device:x",
    "com.beeper.capabilities.receive.room_account_data:x",
    "org.matrix.msc4533.rtc_livekit_get_token",
    "org.matrix.msc4533.rtc_livekit_delegate_delayed_leave"
  };

  private HostRig sharedRig = HostRig.granted(ALL);

  private HostRig shared() {
    if (sharedRig.machine.isEnded()) {
      sharedRig = HostRig.granted(WIDGET, ALL);
    }
    return sharedRig;
  }
}

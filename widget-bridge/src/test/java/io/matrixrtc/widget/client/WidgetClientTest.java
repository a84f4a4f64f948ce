package io.matrixrtc.widget.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.widget.api.ApiVersion;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a widget and its host begin, and what the host pushes. */
class WidgetClientTest {
  private final ScriptedHost host = new ScriptedHost();

  @Test
  void wt5TheWantedCapabilitiesAreInTheReplyWhichWaitsForTheVersions() {
    WidgetClient client = host.client("m.sticker", "org.matrix.msc2762.send.event:a");
    client.start();
    host.ask(client, "capabilities", "{}");
    assertThat(host.posted)
        .extracting(post -> post.path("action").asText())
        .doesNotContain("capabilities");
    host.answer(client, "supported_api_versions", "{'supported_versions':['org.matrix.msc2871']}");
    assertThat(host.last("capabilities").path("response").toString())
        .isEqualTo("{\"capabilities\":[\"m.sticker\",\"org.matrix.msc2762.send.event:a\"]}");
  }

  @Test
  void clientOnceASecondQuestionIsAnError() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class), "m.sticker");
    assertThat(host.ask(client, "capabilities", "{}").path("error").path("message").asText())
        .isEqualTo("Capability negotiation already completed");
  }

  @Test
  void clientReadyWc1AfterTheNoticeAndTheFirstState() {
    WidgetClient client =
        host.ready(EnumSet.allOf(ApiVersion.class), "org.matrix.msc2762.receive.state_event:a");
    assertThat(
            host.ask(
                client,
                "notify_capabilities",
                "{'approved':['org.matrix.msc2762.receive.state_event:a']}"))
        .isEmpty();
    assertThat(host.approved.capabilities()).hasSize(1);
    assertThat(host.heard).isEmpty();
    assertThat(host.ask(client, "update_state", "{'state':[{'type':'a'}]}")).isEmpty();
    assertThat(host.heard).containsExactly("state 1", "ready");
  }

  @Test
  void clientReadyWithoutStateTheNoticeIsEnoughAndWithoutNoticesTheReply() {
    WidgetClient notified = host.ready(EnumSet.allOf(ApiVersion.class), "m.sticker");
    assertThat(host.heard).isEmpty();
    host.ask(notified, "notify_capabilities", "{'approved':[]}");
    assertThat(host.heard).containsExactly("ready");
    host.heard.clear();
    host.ready(Set.of(), "m.sticker");
    assertThat(host.heard).containsExactly("ready");
  }

  @Test
  void clientReadyWc1WithoutUpdateStateItReads() {
    WidgetClient client =
        host.ready(
            Set.of(ApiVersion.MSC2871),
            "org.matrix.msc2762.receive.state_event:a",
            "org.matrix.msc2762.receive.state_event:b");
    host.ask(client, "notify_capabilities", "{'approved':[]}");
    host.answer(client, "org.matrix.msc2876.read_events", "{'events':[{},{}]}");
    assertThat(host.heard).containsExactly("state 2");
    host.answer(client, "org.matrix.msc2876.read_events", "{'error':{'message':'no'}}");
    assertThat(host.heard).containsExactly("state 2", "ready");
  }

  @Test
  void wc2PushesAreHandedOnAndAcknowledged() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    assertThat(host.ask(client, "send_event", "{'type':'a'}")).isEmpty();
    assertThat(
            host.ask(
                client,
                "send_to_device",
                "{'type':'t','sender':'@b:e','encrypted':true,'content':{}}"))
        .isEmpty();
    host.ask(
        client, "send_to_device", "{'type':'t','sender':'@b:e','encrypted':'true','content':{}}");
    assertThat(host.heard)
        .containsExactly("event a", "to-device t @b:e true", "to-device t @b:e false");
    assertThat(host.ask(client, "theme_change", "{}")).isEmpty();
    for (String action : List.of("language_change", "org.example.x", "open_modal")) {
      assertThat(host.ask(client, action, "{}").path("error").path("message").asText())
          .isEqualTo("Unknown or unsupported to-widget action: " + action);
    }
    assertThat(host.ask(client, "supported_api_versions", "{}").path("supported_versions"))
        .hasSize(16);
  }

  @Test
  void messagesOfOthersAndNonsenseAreIgnored() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    int before = host.posted.size();
    client.onMessage("nonsense");
    client.onMessage(
        "{\"api\":\"toWidget\",\"widgetId\":\"x\",\"requestId\":\"r\",\"action\":\"send_event\",\"data\":{}}");
    client.onMessage(
        "{\"api\":\"fromWidget\",\"widgetId\":\"w\",\"requestId\":\"r\",\"action\":\"send_event\",\"data\":{}}");
    assertThat(host.posted).hasSize(before);
    assertThat(host.heard).isEmpty();
    host.ask(client, "send_event", "{'type':'a'}");
    assertThat(host.heard).as("control").hasSize(1);
  }
}

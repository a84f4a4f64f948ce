package io.matrixrtc.widget.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.json.Json;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** URLs of widgets. */
class UrlTemplateTest {
  private static final UrlTemplate.Known KNOWN =
      new UrlTemplate.Known(
          "@alice:example.org",
          "DEV/1",
          "!room:example.org",
          "Al & Bo",
          "",
          "w$matrix_user_id",
          "org.example",
          "dark",
          "de",
          "https://matrix.example.org");

  private static String fill(String template, Map<String, String> data) {
    return UrlTemplate.of(KNOWN, data).fill("https://w.example.org/" + template).toString();
  }

  @Test
  void wt9UrlEncodeDeviceAndBaseUrlAreFilledInUnderEveryName() {
    for (String name :
        List.of(
            "org.matrix.msc3819.matrix_device_id",
            "org.matrix.msc2873.matrix_device_id",
            "matrix_device_id")) {
      assertThat(fill("?d=$" + name, Map.of())).isEqualTo("https://w.example.org/?d=DEV%2F1");
    }
    assertThat(fill("$org.matrix.msc4039.matrix_base_url", Map.of()))
        .isEqualTo("https://w.example.org/https%3A%2F%2Fmatrix.example.org");
    assertThat(UrlTemplate.encoded("a b+c!'()*~-_.ä/")).isEqualTo("a%20b%2Bc!'()*~-_.%C3%A4%2F");
  }

  @Test
  void wu15TemplatesInPathQueryAndFragment() {
    assertThat(fill("$matrix_room_id?n=$matrix_display_name#?u=$matrix_user_id", Map.of()))
        .isEqualTo(
            "https://w.example.org/!room%3Aexample.org?n=Al%20%26%20Bo#?u=%40alice%3Aexample.org");
  }

  @Test
  void urlOnceValuesAreNotExpandedAgainAndTheLongestNameCounts() {
    assertThat(fill("$matrix_widget_id", Map.of()))
        .isEqualTo("https://w.example.org/w%24matrix_user_id");
    assertThat(
            fill("$matrix_user_id/$matrix_user", Map.of("matrix_user", "x", "matrix_user_id", "y")))
        .as("fixed names go before data")
        .isEqualTo("https://w.example.org/%40alice%3Aexample.org/x");
    assertThat(fill("$unknown_$matrix_avatar_url.", Map.of()))
        .isEqualTo("https://w.example.org/$unknown_.");
  }

  @Test
  void urlSchemeIsCheckedAfterFillingIn() {
    UrlTemplate tricks = new UrlTemplate(Map.of("s", "javascript"));
    for (String template :
        List.of(
            "$s:alert(1)",
            "data:text/html,x",
            "//w.example.org",
            "ftp://e",
            "https:x",
            "http://")) {
      assertThatThrownBy(() -> tricks.fill(template)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(tricks.fill("HTTPS://e.org/$s")).isEqualTo(URI.create("HTTPS://e.org/javascript"));
  }

  @Test
  void ecUrlWu15EverythingIsInTheFragment() {
    URI url =
        ElementCall.url(
            URI.create("http://127.0.0.1:9102/index.html"),
            "widget-1",
            URI.create("http://127.0.0.1:9101/host.html"),
            KNOWN,
            Map.of("intent", "start_call"));
    assertThat(url.toString())
        .isEqualTo(
            "http://127.0.0.1:9102/index.html#?widgetId=widget-1"
                + "&parentUrl=http%3A%2F%2F127.0.0.1%3A9101%2Fhost.html"
                + "&userId=%40alice%3Aexample.org&deviceId=DEV%2F1&roomId=!room%3Aexample.org"
                + "&baseUrl=https%3A%2F%2Fmatrix.example.org&displayName=Al%20%26%20Bo"
                + "&theme=dark&lang=de&intent=start_call");
    UrlTemplate.Known nameless =
        new UrlTemplate.Known("@a:b", "", "!r:b", "", "", "", "", "", "", "https://b");
    assertThatThrownBy(
            () ->
                ElementCall.url(
                    URI.create("http://e/i"), "w", URI.create("http://h/"), nameless, Map.of()))
        .hasMessageContaining("deviceId");
  }

  private static URI withIntent(String intent) {
    return ElementCall.url(
        URI.create("http://e/i"),
        "w",
        URI.create("http://h/"),
        KNOWN,
        intent.isEmpty() ? Map.of() : Map.of("intent", intent));
  }

  @Test
  void ecUrlWu15EachIntentIsSpelledAsElementCallReadsItAndOthersAreNone() {
    assertThat(ElementCall.Intent.values())
        .extracting(ElementCall.Intent::wireName)
        .containsExactlyInAnyOrder(
            "start_call",
            "start_call_voice",
            "join_existing",
            "join_existing_voice",
            "start_call_dm",
            "start_call_dm_voice",
            "join_existing_dm",
            "join_existing_dm_voice");
    for (ElementCall.Intent intent : ElementCall.Intent.values()) {
      assertThat(withIntent(intent.wireName()).toString()).endsWith("&intent=" + intent.wireName());
    }
    assertThat(withIntent("").toString()).doesNotContain("intent");
    for (String wrong : List.of("START_CALL", "start", "start_call ", "join_existing_voice_dm")) {
      assertThatThrownBy(() -> withIntent(wrong)).hasMessageContaining("intent");
    }
  }

  @Test
  void ecCapsIsTheRecordedListAndWhatTheHostsAddToIt() throws Exception {
    Set<String> expected = new TreeSet<>();
    for (String line :
        Files.readAllLines(Path.of("src/test/resources/vectors/element-call-widget-trace.jsonl"))) {
      JsonNode message = Json.parse(line).path("msg");
      if (message.path("action").asText().equals("capabilities")) {
        message
            .path("response")
            .path("capabilities")
            .forEach(capability -> expected.add(capability.asText()));
      }
    }
    assertThat(expected).as("what Element Call 0.26.1 asks for").hasSize(54);
    String event = ".event:";
    for (String way : List.of("send", "receive")) {
      expected.add("org.matrix.msc2762." + way + event + "m.rtc.decline");
      expected.add("org.matrix.msc2762." + way + event + "m.rtc.member");
    }
    String member = "org.matrix.msc2762.send.state_event:org.matrix.msc3401.call.member#";
    expected.addAll(
        List.of(
            "io.element.requires_client",
            "town.robin.msc3846.turn_servers",
            "org.matrix.msc4533.rtc_livekit_get_token",
            "org.matrix.msc4533.rtc_livekit_delegate_delayed_leave",
            "org.matrix.msc2762.receive.state_event:org.matrix.msc3401.call",
            "org.matrix.msc2762.receive.state_event:org.matrix.msc4143.rtc.slot",
            member + "_@alice:example.org_ALICEDEV",
            member + "@alice:example.org_ALICEDEV"));
    assertThat(ElementCall.capabilities("@alice:example.org", "ALICEDEV", "!room:example.org"))
        .extracting(Capability::text)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void ecCapsIsNoMoreThanWhatBothHostsGrant() {
    Set<Capability> all = ElementCall.capabilities("@a:b", "DEV", "!r:b");
    assertThat(all).hasSizeGreaterThan(55).noneMatch(Capability.Unknown.class::isInstance);
    CapabilitySet set = new CapabilitySet(all);
    assertThat(set.allowsRoom("!other:b")).isFalse();
    assertThat(set.allowsState(Flow.SEND, "org.matrix.msc3401.call.member", "@c:d")).isFalse();
    assertThat(set.allowsState(Flow.SEND, "org.matrix.msc3401.call.member", "_@a:b_DEV_m.call"))
        .isTrue();
    assertThat(set.allowsToDevice(Flow.SEND, "io.element.call.encryption_keys")).isTrue();
  }
}

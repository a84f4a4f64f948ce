package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ROOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.OpenIdDriver.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** OpenID, TURN, RTC, media, directory, the screen and the call. */
class AccountRequestsTest {
  private static final String RTC =
      "{'room_id':'"
          + ROOM
          + "','slot_id':'m.call#ROOM','server_name':'s','url':'u',"
          + "'member':{'id':'i','claimed_device_id':'ALICEDEV'},'delay_id':'delay1'}";

  private final HostRig rig =
      HostRig.granted(
          "town.robin.msc3846.turn_servers",
          "org.matrix.msc3973.user_directory_search",
          "org.matrix.msc4039.upload_file",
          "org.matrix.msc4039.download_file",
          "org.matrix.msc4515.rtc_transports",
          "org.matrix.msc4533.rtc_livekit_get_token",
          "org.matrix.msc4533.rtc_livekit_delegate_delayed_leave",
          "org.matrix.msc4157.send.delayed_event",
          "org.matrix.msc2762.send.event:x",
          "org.matrix.msc2931.navigate",
          "io.element.view_room",
          "m.always_on_screen",
          "m.sticker");
  private final HostRig bare = HostRig.granted();

  private void fails(Class<?> call, String action, String data, String text) {
    rig.driver.failures.put(call, DriverResult.failed("internal"));
    assertThat(rig.refused(action, data)).isEqualTo(text);
    rig.driver.failures.put(
        call, DriverResult.refused(new MatrixApiError(502, Map.of(), "u", HostRig.json("{}"))));
    ObjectNode error = (ObjectNode) rig.ask(action, data).get("error");
    assertThat(error.path("message").asText()).isEqualTo(text);
    assertThat(error.path("matrix_api_error").path("http_status").asInt()).isEqualTo(502);
    rig.driver.failures.clear();
  }

  @Test
  void wh33OpenidOneEachRequestGetsATokenOfItsOwn() {
    ObjectNode first = bare.ask("get_openid", "{}");
    assertThat(first.toString())
        .isEqualTo(
            "{\"state\":\"allowed\",\"access_token\":\"token1\",\"expires_in\":3600,"
                + "\"matrix_server_name\":\"example.org\",\"token_type\":\"Bearer\"}");
    assertThat(bare.ask("get_openid", "{}").path("access_token").asText()).isEqualTo("token2");
  }

  @Test
  void wh34AllowedWithoutATokenIsAnError() {
    bare.driver.failures.put(OpenIdDriver.GetToken.class, DriverResult.failed("no token"));
    assertThat(bare.refused("get_openid", "{}")).isEqualTo("Error getting an OpenID token");
  }

  @Test
  void openidBlockedNeverCarriesAToken() {
    bare.driver.standing = Standing.BLOCKED;
    assertThat(bare.ask("get_openid", "{}").toString()).isEqualTo("{\"state\":\"blocked\"}");
    assertThat(bare.driver.callsOf(OpenIdDriver.GetToken.class)).isEmpty();
  }

  @Test
  void openidMatchWu9TheUsersAnswersFollowForTheirRequests() {
    bare.driver.standing = Standing.ASK;
    bare.held = call -> call instanceof OpenIdDriver.AskUser;
    for (String id : List.of("a", "b")) {
      assertThat(bare.request("get_openid", "{}", id).orElseThrow().toString())
          .isEqualTo("{\"state\":\"request\"}");
    }
    bare.releaseNewest();
    bare.release();
    assertThat(bare.pushes("openid_credentials"))
        .extracting(push -> push.path("data").path("original_request_id").asText())
        .containsExactly("b", "a");
    assertThat(bare.pushes("openid_credentials"))
        .extracting(push -> push.path("data").path("access_token").asText())
        .containsExactly("token1", "token2");
  }

  @Test
  void openidBlockedWu9WhenTheUserRefusesOrTheTokenFails() {
    bare.driver.standing = Standing.ASK;
    bare.driver.userAllows = false;
    bare.ask("get_openid", "{}");
    bare.driver.userAllows = true;
    bare.driver.failures.put(OpenIdDriver.GetToken.class, DriverResult.failed("HTTP 500"));
    bare.ask("get_openid", "{}");
    assertThat(bare.pushes("openid_credentials"))
        .extracting(push -> push.path("data").path("state").asText())
        .containsExactly("blocked", "blocked");
    assertThat(bare.lastPush("openid_credentials").path("data").has("access_token")).isFalse();
  }

  @Test
  void limitsOfOpenidQuestions() {
    bare.driver.standing = Standing.ASK;
    bare.held = call -> call instanceof OpenIdDriver.AskUser;
    for (int i = 0; i < HostLimits.DEFAULT.maxOpenIdPrompts(); i++) {
      assertThat(bare.ask("get_openid", "{}").path("state").asText()).isEqualTo("request");
    }
    assertThat(bare.ask("get_openid", "{}").path("state").asText()).isEqualTo("blocked");
    bare.release();
    assertThat(bare.ask("get_openid", "{}").path("state").asText()).isEqualTo("request");
  }

  @Test
  void turnOnceTheFirstServersFollowTheReplyAndNewOnesCome() {
    assertThat(bare.refused("watch_turn_servers", "{}")).isEqualTo("Missing capability");
    assertThat(bare.refused("unwatch_turn_servers", "{}")).isEqualTo("Missing capability");
    rig.ask("watch_turn_servers", "{}");
    rig.ask("watch_turn_servers", "{}");
    assertThat(rig.driver.callsOf(TurnDriver.Watch.class)).hasSize(1);
    assertThat(rig.lastPush("update_turn_servers").path("data").toString())
        .isEqualTo(
            "{\"uris\":[\"turn:example.org\"],\"username\":\"user\",\"password\":\"secret\"}");
    TurnDriver.TurnServers none = new TurnDriver.TurnServers(List.of(), "", "");
    rig.perform(rig.machine.onTurnServers(none, rig.now));
    assertThat(rig.pushes("update_turn_servers")).hasSize(2);
    rig.ask("unwatch_turn_servers", "{}");
    rig.perform(rig.machine.onTurnServers(none, rig.now));
    assertThat(rig.pushes("update_turn_servers")).hasSize(2);
    assertThat(rig.driver.callsOf(TurnDriver.Unwatch.class)).hasSize(1);
    fails(TurnDriver.Watch.class, "watch_turn_servers", "{}", "TURN servers not available");
  }

  private long watches() {
    return rig.driver.callsOf(TurnDriver.Watch.class).size();
  }

  private long unwatches() {
    return rig.driver.callsOf(TurnDriver.Unwatch.class).size();
  }

  @Test
  void turnOnceTwoWatchesBeforeTheFirstServersAreOne() {
    rig.held = TurnDriver.Watch.class::isInstance;
    assertThat(rig.request("watch_turn_servers", "{}", "first")).isEmpty();
    assertThat(rig.request("watch_turn_servers", "{}", "second")).isEmpty();
    rig.posted.clear();
    rig.release();
    assertThat(watches()).isEqualTo(1);
    assertThat(rig.posted)
        .extracting(message -> message.path("requestId").asText().replaceAll("h-.*", "push"))
        .as("both have their reply, and the servers follow once")
        .containsExactly("first", "second", "push");
    rig.driver.failures.put(TurnDriver.Watch.class, DriverResult.failed("none"));
    rig.ask("unwatch_turn_servers", "{}");
    rig.request("watch_turn_servers", "{}", "third");
    rig.request("watch_turn_servers", "{}", "fourth");
    rig.posted.clear();
    rig.release();
    assertThat(rig.posted)
        .extracting(message -> message.path("response").path("error").path("message").asText())
        .containsExactly("TURN servers not available", "TURN servers not available");
  }

  @Test
  void turnOnceADriverThatNeverAnswersIsAskedAgain() {
    rig.held = TurnDriver.Watch.class::isInstance;
    rig.request("watch_turn_servers", "{}", "first");
    rig.passes(Duration.ofSeconds(10));
    assertThat(unwatches()).isZero();
    rig.request("watch_turn_servers", "{}", "second");
    assertThat(unwatches()).as("of the one before").isEqualTo(1);
    rig.posted.clear();
    rig.release();
    assertThat(watches()).isEqualTo(2);
    assertThat(rig.pushes("update_turn_servers")).as("the second watch's alone").hasSize(1);
  }

  @Test
  void turnEndAWatchWhoseFirstServersAreUnderWayEndsWithItsDocument() {
    rig.held = TurnDriver.Watch.class::isInstance;
    rig.request("watch_turn_servers", "{}");
    rig.load();
    assertThat(unwatches()).as("the load event of the document itself").isZero();
    rig.load();
    assertThat(unwatches()).as("another document").isEqualTo(1);
    rig.release();
    assertThat(rig.pushes("update_turn_servers")).as("it asked for none").isEmpty();
    rig.load();
    assertThat(unwatches()).as("there is nothing to end any more").isEqualTo(1);
  }

  @Test
  void turnEndOrWithTheSession() {
    rig.held = TurnDriver.Watch.class::isInstance;
    rig.request("watch_turn_servers", "{}");
    rig.perform(rig.machine.close(rig.now));
    assertThat(unwatches()).isEqualTo(1);
    bare.perform(bare.machine.close(bare.now));
    assertThat(bare.driver.callsOf(TurnDriver.Unwatch.class)).as("control: no watch").isEmpty();
  }

  @Test
  void turnEndOrWhenTheWidgetSaysSoAndMayBeginAgain() {
    rig.held = TurnDriver.Watch.class::isInstance;
    rig.request("watch_turn_servers", "{}", "first");
    rig.ask("unwatch_turn_servers", "{}");
    assertThat(unwatches()).isEqualTo(1);
    assertThat(rig.posted)
        .extracting(message -> message.path("requestId").asText())
        .as("it is not left without an answer")
        .contains("first");
    rig.request("watch_turn_servers", "{}", "second");
    rig.posted.clear();
    rig.release();
    assertThat(watches()).isEqualTo(2);
    assertThat(rig.pushes("update_turn_servers")).as("the second watch's alone").hasSize(1);
    assertThat(rig.posted.get(0).path("requestId").asText()).isEqualTo("second");
    assertThat(unwatches()).isEqualTo(1);
  }

  @Test
  void wh48Wh49Wh50TheDirectoryIsSearched() {
    String action = "org.matrix.msc3973.user_directory_search";
    assertThat(rig.ask(action, "{'search_term':'b','limit':2}").toString())
        .isEqualTo(
            "{\"limited\":true,\"results\":[{\"user_id\":\"@bob:example.org\","
                + "\"display_name\":\"Bob\",\"avatar_url\":\"mxc://e/b\"},"
                + "{\"user_id\":\"@carl:example.org\"}]}");
    rig.ask(action, "{'search_term':''}");
    assertThat(rig.driver.calls)
        .containsExactly(
            new DirectoryDriver.Search("b", Optional.of(2)),
            new DirectoryDriver.Search("", Optional.empty()));
    assertThat(bare.refused(action, "{'search_term':''}")).isEqualTo("Missing capability");
    assertThat(rig.refused(action, "{}")).isEqualTo("Invalid request - missing search term");
    assertThat(rig.refused(action, "{'search_term':'','limit':-1}"))
        .isEqualTo("Invalid request - limit out of range");
    fails(
        DirectoryDriver.Search.class,
        action,
        "{'search_term':''}",
        "Unexpected error while searching in the user directory");
  }

  @Test
  void mediaBinaryWh51Wr28BytesGoBothWaysUnharmed() {
    assertThat(rig.ask("get_media_config", "{}").toString())
        .isEqualTo("{\"m.upload.size\":50000000}");
    assertThat(rig.ask("download_file", "{'content_uri':'mxc://e.org/abc'}").path("file").asText())
        .isEqualTo("AQL/");
    assertThat(
            rig.ask("upload_file", "{'file':{'$base64':'AQL/','type':'image/png'}}")
                .path("content_uri")
                .asText())
        .startsWith("mxc://");
    MediaDriver.Upload upload = rig.driver.callsOf(MediaDriver.Upload.class).get(0);
    assertThat(upload.content().bytes()).containsExactly(1, 2, 0xFF);
    assertThat(upload.content().contentType()).contains("image/png");
    rig.ask("upload_file", "{'file':'text'}");
    assertThat(rig.driver.callsOf(MediaDriver.Upload.class).get(1).content().length()).isEqualTo(4);
    for (String file : List.of("{}", "7", "{'$base64':'!!'}", "null")) {
      assertThat(rig.refused("upload_file", "{'file':" + file + "}"))
          .isEqualTo("Invalid request - wrong file");
    }
  }

  @Test
  void mediaMxcWh52Wr28OnlyMxcAndOnlyWithAGrant() {
    for (String uri :
        List.of(
            "https://e.org/x", "mxc://e.org", "mxc:///x", "mxc://e.org/a/b", "mxc://e.org/../x")) {
      assertThat(rig.refused("download_file", "{'content_uri':'" + uri + "'}"))
          .isEqualTo("Invalid content URI");
    }
    for (String action : List.of("get_media_config", "upload_file", "download_file")) {
      assertThat(bare.refused(action, "{'content_uri':'mxc://e/a','file':'x'}"))
          .isEqualTo("Missing capability");
    }
    assertThat(rig.driver.calls).isEmpty();
  }

  @Test
  void mediaPlainFilesAreNeitherDecryptedNorEncryptedHere_ours() {
    rig.rooms.encryption.put(ROOM, RoomView.Encryption.ENCRYPTED);
    String uri = "{'content_uri':'mxc://e.org/abc'";
    for (String encryption : List.of("{'v':'v2','key':{'k':'AAA'},'iv':'AAA'}", "{}", "true")) {
      assertThat(rig.refused("download_file", uri + ",'encryption':" + encryption + "}"))
          .isEqualTo("Invalid request - encrypted files are not decrypted here");
    }
    assertThat(rig.driver.calls).isEmpty();
    assertThat(rig.ask("download_file", uri + "}").has("file")).as("control").isTrue();
    assertThat(rig.ask("upload_file", "{'file':{'$base64':'AQL/'}}").toString())
        .as("without encryption")
        .isEqualTo("{\"content_uri\":\"mxc://example.org/file1\"}");
    assertThat(rig.driver.callsOf(MediaDriver.Upload.class).get(0).content().bytes())
        .as("as they came")
        .containsExactly(1, 2, 0xFF);
  }

  @Test
  void wh53MediaFailuresHaveTheirTexts() {
    fails(
        MediaDriver.GetConfig.class,
        "get_media_config",
        "{}",
        "Unexpected error while getting the media configuration");
    fails(
        MediaDriver.Upload.class,
        "upload_file",
        "{'file':'x'}",
        "Unexpected error while uploading a file");
    fails(
        MediaDriver.Download.class,
        "download_file",
        "{'content_uri':'mxc://e/a'}",
        "Unexpected error while downloading a file");
  }

  @Test
  void mediaSizeOneByteTooManyIsRefused() {
    int most = HostLimits.DEFAULT.maxMediaBytes();
    assertThat(rig.ask("upload_file", "{'file':'" + "a".repeat(most) + "'}").has("content_uri"))
        .isTrue();
    assertThat(rig.refused("upload_file", "{'file':'" + "a".repeat(most + 1) + "'}"))
        .isEqualTo("The file is too large");
    rig.driver.file = new byte[most];
    assertThat(rig.ask("download_file", "{'content_uri':'mxc://e/a'}").has("file")).isTrue();
    rig.driver.file = new byte[most + 1];
    assertThat(rig.refused("download_file", "{'content_uri':'mxc://e/a'}"))
        .isEqualTo("Unexpected error while downloading a file");
  }

  @Test
  void wh55Wr29Wu10TransportsTokensAndLeavesGoThroughTheHost() {
    assertThat(
            rig.ask("get_rtc_transports", "{}").path("rtc_transports").get(0).path("type").asText())
        .isEqualTo("livekit");
    assertThat(rig.ask("rtc_livekit_get_token", RTC).path("jwt").asText()).isEqualTo("jwt1");
    assertThat(rig.driver.callsOf(RtcDriver.GetLivekitToken.class).get(0).body().toString())
        .as("verbatim")
        .isEqualTo(HostRig.json(RTC).toString());
    for (String action :
        List.of(
            "get_rtc_transports", "rtc_livekit_get_token", "rtc_livekit_delegate_delayed_leave")) {
      assertThat(bare.refused(action, RTC)).isEqualTo("Missing capability");
    }
    fails(
        RtcDriver.GetTransports.class,
        "get_rtc_transports",
        "{}",
        "Unexpected error while getting the RTC transports");
    fails(
        RtcDriver.GetLivekitToken.class,
        "rtc_livekit_get_token",
        RTC,
        "Unexpected error while getting a LiveKit token");
    String own = rig.ask("send_event", "{'type':'x','content':{},'delay':5000}").toString();
    String leave = RTC.replace("delay1", own.replaceAll(".*\"(delay\\d+)\".*", "$1"));
    fails(
        RtcDriver.DelegateLeave.class,
        "rtc_livekit_delegate_delayed_leave",
        leave,
        "Unexpected error while delegating a LiveKit delayed leave");
    assertThat(rig.ask("rtc_livekit_delegate_delayed_leave", leave))
        .as("control: it is still the widget's own")
        .isEmpty();
  }

  @Test
  void rtcOwnDelayOwnOnlyTheOwnCallDeviceAndLeave_ours() {
    assertThat(rig.refused("rtc_livekit_get_token", RTC.replace(ROOM, "!x:y")))
        .isEqualTo("Unable to access room timeline: !x:y");
    assertThat(rig.refused("rtc_livekit_get_token", RTC.replace("ALICEDEV", "OTHER")))
        .isEqualTo("Invalid request - another device");
    assertThat(rig.refused("rtc_livekit_delegate_delayed_leave", RTC))
        .isEqualTo("Invalid request - unknown delay_id");
    rig.ask("send_event", "{'type':'x','content':{},'delay':5000}");
    assertThat(rig.ask("rtc_livekit_delegate_delayed_leave", RTC)).isEmpty();
    rig.perform(rig.machine.close(rig.now));
    assertThat(rig.driver.callsOf(DelayedEventDriver.UpdateDelayed.class))
        .as("the SFU's side keeps it now")
        .isEmpty();
  }

  @Test
  void wh2Wh3Wh4Wh5UiLinkNavigation() {
    String link = "{'uri':'https://matrix.to/#/!room:example.org'}";
    assertThat(rig.ask("org.matrix.msc2931.navigate", link)).isEmpty();
    assertThat(rig.driver.callsOf(UiDriver.Navigate.class))
        .containsExactly(
            new UiDriver.Navigate(new MatrixLink("https://matrix.to/#/!room:example.org")));
    assertThat(bare.refused("navigate", link)).isEqualTo("Missing capability");
    for (String uri :
        List.of("https://matrix.to.evil.org/#/x", "http://evil.org/", "javascript:alert(1)", "")) {
      assertThat(rig.refused("navigate", "{'uri':'" + uri + "'}"))
          .isEqualTo("Invalid matrix.to URI");
    }
    fails(UiDriver.Navigate.class, "navigate", link, "Error handling navigation");
    assertThat(rig.ask("io.element.view_room", "{'room_id':'!r:e'}")).isEmpty();
    assertThat(rig.refused("io.element.view_room", "{}")).isEqualTo("Room ID not supplied.");
    assertThat(bare.refused("io.element.view_room", "{'room_id':'!r:e'}")).contains("permission");
  }

  @Test
  void screenAndStickersNeedTheirGrants() {
    assertThat(rig.ask("set_always_on_screen", "{'value':true}").toString())
        .isEqualTo("{\"success\":true}");
    assertThat(bare.refused("set_always_on_screen", "{'value':true}"))
        .isEqualTo("Missing capability");
    String sticker = "{'name':'n','content':{'url':'mxc://e/a'}}";
    assertThat(rig.ask("m.sticker", sticker)).isEmpty();
    assertThat(bare.refused("m.sticker", sticker)).isEqualTo("Missing capability");
    assertThat(rig.refused("m.sticker", "{'name':'n'}"))
        .isEqualTo("Invalid request - missing content");
  }

  @Test
  void modalWidgetsAreRefused() {
    for (String action : List.of("open_modal", "close_modal", "set_button_enabled")) {
      assertThat(rig.refused(action, "{}")).isEqualTo("Unable to open modal at this time");
    }
  }

  @Test
  void callActionsAreAcknowledgedAndTold() {
    for (String action : List.of("io.element.join", "im.vector.hangup", "io.element.close")) {
      assertThat(bare.ask(action, "{}")).isEmpty();
    }
    bare.ask("io.element.device_mute", "{'audio_enabled':true,'video_enabled':false}");
    assertThat(bare.events)
        .containsExactly(
            new HostEvent.CallJoined(),
            new HostEvent.CallHungUp(),
            new HostEvent.CallClosed(),
            new HostEvent.DeviceMute(true, false));
    assertThat(bare.refused("io.element.device_mute", "{}")).contains("missing audio_enabled");
  }

  @Test
  void wh54TheAppsOwnRequestsGoOutAndAreAnswered() {
    List<Optional<ObjectNode>> answers = new ArrayList<>();
    for (WidgetAction action :
        List.of(
            WidgetAction.THEME_CHANGE,
            WidgetAction.LANGUAGE_CHANGE,
            WidgetAction.VISIBILITY,
            WidgetAction.CALL_HANGUP)) {
      rig.perform(
          rig.machine.request(action, HostRig.json("{'visible':true}"), answers::add, rig.now));
      rig.answer(rig.lastPush(action.wireName()), HostRig.json("{'ok':1}"));
    }
    assertThat(answers).hasSize(4).allMatch(Optional::isPresent);
    assertThat(rig.lastPush("visibility").path("visible").asBoolean()).as("legacy copy").isTrue();
    rig.perform(
        rig.machine.request(
            WidgetAction.LANGUAGE_CHANGE, HostRig.json("{}"), answers::add, rig.now));
    rig.answer(rig.lastPush("language_change"), HostRig.json("{'error':{'message':'no'}}"));
    assertThat(answers.get(4)).isEmpty();
    for (WidgetAction action : List.of(WidgetAction.SCREENSHOT, WidgetAction.SEND_TO_DEVICE)) {
      assertThatThrownBy(
              () -> rig.machine.request(action, HostRig.json("{}"), answer -> {}, rig.now))
          .as("not granted, or not the app's")
          .isInstanceOf(IllegalArgumentException.class);
    }
    HostRig shots = HostRig.granted(Feature.SCREENSHOT.text());
    shots.perform(
        shots.machine.request(
            WidgetAction.SCREENSHOT, HostRig.json("{}"), answer -> {}, shots.now));
    assertThat(shots.pushes("screenshot")).hasSize(1);
  }
}

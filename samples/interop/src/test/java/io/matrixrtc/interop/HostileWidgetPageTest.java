package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A widget that tries what it must not, in a real browser. Beside each try is one that works. */
@Tag("interop")
final class HostileWidgetPageTest {
  private static final Pattern EVENT_ID = Pattern.compile("\"event_id\":\"[^\"]+\"");
  private static final String NOTHING = "null";
  private static final int MANY_RELOADS = 9; // one more than questions may be open

  private ServedFiles files;
  private HostedCall call;
  private HostedPage page;
  private String token = "";

  @BeforeEach
  void open(TestInfo info) throws Exception {
    files = ServedFiles.of(Map.of("/", "/hostile/"));
    URI widget = URI.create("http://127.0.0.1:" + files.port() + "/widget.html");
    call =
        new HostedCall(
            "HostileWidgetPageTest." + info.getTestMethod().orElseThrow().getName(),
            new HostedCall.Options(Optional.of(widget), true),
            "alice");
    page = call.open("alice", ColorScheme.LIGHT);
    page.page().locator("#consent[open]").waitFor();
  }

  @AfterEach
  void close() throws Exception {
    call.close();
    files.close();
  }

  private Frame frame() {
    return page.page().frames().stream()
        .filter(one -> one.parentFrame() == page.page().mainFrame())
        .filter(one -> one.url().contains("widgetId="))
        .findFirst()
        .orElseThrow();
  }

  private Object run(String script) {
    return frame().evaluate(script);
  }

  /** What comes back of an attack, as JSON. */
  private String tried(String attack) {
    String call = attack.contains("(") ? attack : attack + "()";
    return String.valueOf(run("Promise.resolve(attacks." + call + ").then(JSON.stringify)"));
  }

  private String tried(String attack, String... arguments) {
    return tried(attack + "('" + String.join("','", arguments) + "')");
  }

  private void allow() {
    page.page().locator("#consent[open]").waitFor();
    page.page().locator("#consent-yes").click();
    page.await(() -> run("approved !== null").equals(true));
  }

  private void awaitTold(String... words) {
    page.await(() -> List.of(words).stream().allMatch(page.events()::contains));
  }

  private void awaitOver(String why) {
    page.page().locator("#stage .over").getByText(why).waitFor();
    assertThat(page.page().locator("#stage iframe").count()).as("it is gone").isZero();
  }

  /** A new link opens a session in which everything works. */
  private void assertANewSessionWorks() {
    page.open(call.link("alice"));
    allow();
    assertHostIsUp();
  }

  private void assertHostIsUp() {
    assertThat(tried("allowed")).as("the host stays up").contains("event_id");
  }

  @Test
  void nothingLeaksTheHostStaysUpAndTheUserIsTold() {
    assertThat(tried("allowed")).as("before the user has decided").contains("error");
    allow();
    assertThat(String.valueOf(run("JSON.stringify(approved)")))
        .contains("m.reaction", "org.example.note")
        .doesNotContain("m.room_key");
    assertThat(tried("allowed")).as("control").contains("event_id");
    assertThat(tried("versions")).as("control").contains("supported_versions");
    assertThat(page.events()).as("nothing was dropped so far").doesNotContain("dropped");

    assertThat(tried("otherRoom")).contains("Unable to access room");
    awaitTold("Refused send_event: Unable to access room");
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");
    awaitTold("Refused send_event: Cannot send room events of this type");
    assertThat(tried("unknown")).contains("Unknown or unsupported");
    awaitTold("Refused org.example.evil: Unknown or unsupported");
    assertThat(tried("forgedId")).isEqualTo(NOTHING);
    awaitTold("wrong widget id");
    assertThat(tried("prototype")).isEqualTo(NOTHING);
    awaitTold("malformed");
    assertThat(tried("internal")).contains("Cannot send to-device events of this type");
    awaitTold("Refused send_to_device: Cannot send to-device events of this type");
    List<String> answers =
        EVENT_ID.matcher(tried("replay")).results().map(MatchResult::group).toList();
    assertThat(answers).as("two answers for one event").hasSize(2);
    assertThat(Set.copyOf(answers)).hasSize(1);
    awaitTold("repeated request");
    assertHostIsUp();

    run("location.reload()");
    page.page().locator("#consent[open]").waitFor();
    assertThat(tried("allowed")).as("old grants are gone").contains("error");
    allow();
    assertThat(tried("allowed")).as("control").contains("event_id");
    awaitTold("loaded again");

    page.inspect("events");
    page.screenshot("hostile-light-1280");
    run("attacks.flood()");
    awaitOver("the widget sent");
    assertANewSessionWorks();
  }

  @Test
  void aFloodOfWhatIsAllowedEndsTheSessionAndTheNextOneWorks() {
    allow();
    int before = (int) run("answers");
    run("attacks.manyRequests(100)");
    page.await(() -> run("answers").equals(before + 100));
    assertHostIsUp(); // control: many are fine
    run("attacks.manyRequests(3000)");
    awaitOver("the widget sent");
    assertANewSessionWorks();
  }

  @Test
  void aFloodWhileTheServerIsAwayIsBoundedAndTheNextSessionWorks() {
    page = call.page("alice", ColorScheme.LIGHT).throughUs().open(call.link("alice"));
    allow();
    page.cut();
    page.await(() -> page.text("#status").contains("Connection lost"));
    int before = (int) run("answers");
    run("attacks.manyRequests(50)");
    assertThat(run("answers")).as("nobody is there to answer").isEqualTo(before);
    page.reconnect();
    page.await(() -> run("answers").equals(before + 50));
    assertHostIsUp(); // control: some wait until the server is back

    page.cut();
    page.await(() -> page.text("#status").contains("Connection lost"));
    run("attacks.manyRequests(3000)");
    awaitOver("the widget sent more than could be passed on");
    page.reconnect();
    assertANewSessionWorks();
  }

  @Test
  void documentsThatComeAndGoLeaveNoQuestionsBehind() {
    for (int i = 0; i < MANY_RELOADS; i++) {
      run("location.reload()");
      int documents = i + 2;
      page.await(() -> page.events().split("loaded again", -1).length >= documents);
      page.page().locator("#consent[open]").waitFor();
    }
    assertThat(tried("allowed")).as("nothing is granted yet").contains("error");
    allow();
    assertThat(page.page().locator("#consent[open]").count()).as("nothing else is open").isZero();
    assertHostIsUp();
  }

  private JsonNode asAlice(String method, String path, String body) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
              URI.create(
                  call.server().homeserver().orElseThrow().baseUrl()
                      + "/_matrix/client/v3/"
                      + path));
      if (!token.isEmpty()) {
        request.header("Authorization", "Bearer " + token);
      }
      request.method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return Json.mapper().readTree(response.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(path, e);
    }
  }

  private void react(String roomId, String key) {
    asAlice(
        "PUT",
        "rooms/" + roomId + "/send/m.reaction/" + key,
        "{'m.relates_to':{'rel_type':'m.annotation','event_id':'$x','key':'" + key + "'}}");
  }

  private String heard() {
    return String.valueOf(run("JSON.stringify(heard)"));
  }

  @Test
  void otherRoomsOfTheUserAreOutOfReachAndTheOwnOneIsNot() {
    allow();
    token =
        asAlice(
                "POST",
                "login",
                "{'type':'m.login.password','password':'a password of alice',"
                    + "'identifier':{'type':'m.id.user','user':'alice'}}")
            .path("access_token")
            .asText();
    String other = asAlice("POST", "createRoom", "{}").path("room_id").asText();
    String own = call.server().roomId();
    String sent = tried("send", own);
    assertThat(sent).as("control").contains("event_id");
    String event = sent.replaceAll(".*\"event_id\":\"([^\"]+)\".*", "$1");
    react(other, "elsewhere");
    react(own, "here");
    page.await(() -> heard().contains("here")); // events stay in order
    assertThat(heard()).doesNotContain("elsewhere");
    for (String attack : List.of("send", "read", "accountData")) {
      assertThat(tried(attack, other)).as(attack).contains("Unable to access room");
      assertThat(tried(attack, own)).as(attack).doesNotContain("error").isNotEqualTo(NOTHING);
    }
    assertThat(tried("relations", other, event)).contains("Unable to access room");
    assertThat(tried("relations", own, event)).contains("chunk");
    assertThat(tried("read", own)).contains("here");
    awaitTold("Refused org.matrix.msc2876.read_events: Unable to access room timeline: " + other);
  }

  @Test
  void internalToDeviceMessagesPassNeitherWayAndTheirTwinDoes() throws Exception {
    allow();
    OurDevice bob = call.participant("bob");
    String him = bob.address().userId();
    page.await(() -> tried("toDevice", "org.example.note", him).equals("{}")); // he has joined
    assertThat(tried("toDevice", "m.room_key", him))
        .contains("Cannot send to-device events of this type");
    assertThat(tried("toDevice", "org.example.note", him)).isEqualTo("{}");
    page.await(() -> bob.decrypted("org.example.note").size() >= 2);
    assertThat(bob.decrypted("m.room_key")).isEmpty();

    bob.post(call.server().roomId(), "which brings a room key");
    String device = bob.decrypted("org.example.note").get(0).info().senderDevice().orElseThrow();
    DeviceAddress alice = new DeviceAddress(call.userId("alice"), device);
    assertThat(bob.send("org.example.note", Json.newObject().put("note", "of bob"), alice))
        .isInstanceOf(ToDeviceChannel.Outcome.Sent.class);
    page.await(() -> heard().contains("of bob")); // they stay in order
    assertThat(
            run("heard.filter((it) => it.action === 'send_to_device').map((it) => it.data.type)"))
        .isEqualTo(List.of("org.example.note"));
  }

  @Test
  void otherWindowsAndOtherOriginsAreNotHeardAndTheUserIsToldOfEach() {
    allow();
    assertThat(tried("versions")).as("control").contains("supported_versions");
    assertThat(page.events()).doesNotContain("posing");

    assertThat(tried("frameWithin")).as("a frame of the same origin").isEqualTo(NOTHING);
    String origin = "http://127.0.0.1:" + files.port();
    awaitTold("A message posing as the widget's, of another window, from " + origin);
    assertThat(tried("otherOrigin")).as("a frame of another origin").isEqualTo(NOTHING);
    awaitTold("of another window, from http://localhost:" + files.port());
    assertThat(tried("popup")).as("a window of its own").isEqualTo(NOTHING);
    run("attacks.crowd(8)");
    awaitTold("10 messages posing as the widget's, of another window, from " + origin);
    assertThat(page.events()).as("not of each").doesNotContain("9 messages");
    assertThat(tried("versions")).as("control").contains("supported_versions");
    assertHostIsUp();
  }

  @Test
  void whatJsonCannotHoldIsRefusedAtOnceAndTheUserIsTold() {
    allow();
    assertThat(tried("huge")).contains("Message too long");
    awaitTold("not passed on: Message too long");
    assertThat(tried("cycle")).as("left and right of it are itself").contains("Message too deep");
    awaitTold("not passed on: Message too deep");
    assertThat(tried("bomb")).as("a million million parts").contains("Message too long");
    assertThat(tried("holes")).as("a list of 4,294,967,295").contains("Message too long");
    assertThat(tried("number")).as("a BigInt").contains("Message is no JSON");
    assertHostIsUp();
  }

  @Test
  void repliesCountOnceAndInAnyOrderForWhatWasAsked() {
    allow();
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");
    run("answer(asked, {capabilities: [...wanted, MESSAGES]})");
    awaitTold("unknown reply");
    assertThat(page.page().locator("#consent[open]").count()).as("no question").isZero();
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");

    run("keeps = true");
    int changes = 0;
    for (ColorScheme colors : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colors));
      int expected = ++changes; // the browser may put two changes at a time into one
      page.await(() -> run("kept.length").equals(expected));
    }
    assertThat(run("kept.map((one) => one.action).join()")).isEqualTo("theme_change,theme_change");
    run("answer({...kept[0], action: 'capabilities'}, {capabilities: [MESSAGES]})");
    awaitTold("reply of another action");
    run("answer({...kept[0], requestId: 'unheard of'})");
    int dropped = droppedReplies(3);
    run("answer(kept[1]); answer(kept[0])");
    assertHostIsUp(); // messages stay in order: both have been read
    assertThat(droppedReplies(3)).as("in another order is fine").isEqualTo(dropped);
    run("answer(kept[0])");
    assertThat(droppedReplies(4)).as("control: once more is not").isEqualTo(4);
    assertThat(tried("undeclared")).contains("Cannot send room events of this type");

    run("keeps = false; attacks.renegotiate()");
    page.page().locator("#consent[open]").waitFor();
    page.page().locator("#consent-yes").click();
    page.await(() -> String.valueOf(run("approved.join()")).contains("m.room.message"));
    assertThat(tried("undeclared")).as("control: it is declared now").contains("event_id");
  }

  /** How many replies the user was told of; waits for {@code atLeast}. */
  private int droppedReplies(int atLeast) {
    Pattern told = Pattern.compile("unknown reply|reply of another action");
    page.await(() -> told.matcher(page.events()).results().count() >= atLeast);
    return (int) told.matcher(page.events()).results().count();
  }
}

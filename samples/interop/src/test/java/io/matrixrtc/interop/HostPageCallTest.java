package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.matrixrtc.json.Json;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is in the call and has whose key, by the host page in Chromium: as people come and go. */
@Tag("interop")
final class HostPageCallTest {
  private static final String MEMBER = "org.matrix.msc3401.call.member";
  private static final String STICKY_MEMBER = "org.matrix.msc4143.rtc.member";
  private static final String KEYS = "io.element.call.encryption_keys";
  private static final int AHEAD_MILLIS = 5_000;

  private HostPageByHand hosted;
  private HostedPage page;
  private RelayByHand relay;
  private int messages;

  @BeforeEach
  void open() throws IOException {
    hosted = new HostPageByHand();
    page = hosted.page();
    relay = hosted.relay();
    page.inspect("members");
  }

  @AfterEach
  void close() {
    hosted.close();
  }

  private void push(String action, String data) {
    String id = "push" + ++messages;
    relay.push(action, id, data.replace('\'', '"'));
    hosted.awaitHeard(id);
  }

  private void member(String user, String device, int since) {
    String content =
        since == 0 ? "{}" : "{'device_id':'" + device + "','created_ts':" + since + "}";
    push(
        "update_state",
        "{'state':[{'type':'%s','sender':'%s','state_key':'_%s_%s','content':%s}]}"
            .formatted(MEMBER, user, user, device, content));
  }

  private void keyOf(String user, String device, int index) {
    push(
        "send_to_device",
        "{'type':'%s','sender':'%s','content':{'keys':{'index':%d,'key':'x'},'member':{'claimed_device_id':'%s'}}}"
            .formatted(KEYS, user, index, device));
  }

  /** The widget has sent a key; the host says what became of it. */
  private void sent(int index, String user, String devices, String response) {
    String id = "sent" + ++messages;
    String contents =
        devices.replaceAll("[*\\w]+", "'$0':{'keys':{'index':" + index + ",'key':'x'}}");
    String data = "{'type':'%s','messages':{'%s':{%s}}}".formatted(KEYS, user, contents);
    relay.answer("send_to_device", id, data.replace('\'', '"'), response.replace('\'', '"'));
    hosted.awaitHeard(id);
  }

  private String line(String device) {
    return page.page()
        .locator("#member-list li")
        .filter(new Locator.FilterOptions().setHasText("· " + device))
        .locator(".keys")
        .innerText();
  }

  @Test
  void whoJoinsAnewHasAnotherKeyAndNoneOfOurs() {
    member("@b:x", "FIRST", 1);
    member("@b:x", "SECOND", 1);
    for (String device : new String[] {"FIRST", "SECOND"}) {
      keyOf("@b:x", device, 3);
    }
    sent(0, "@b:x", "FIRST,SECOND", "{}");
    member("@b:x", "FIRST", 1);
    assertThat(line("FIRST"))
        .as("control: the same membership, renewed")
        .isEqualTo("we have its key 3; it has our key");
    page.page().clock().runFor(AHEAD_MILLIS + 1);
    member("@b:x", "FIRST", 2);
    assertThat(line("FIRST")).isEqualTo("no keys exchanged");
    assertThat(line("SECOND")).as("control").isEqualTo("we have its key 3; it has our key");

    keyOf("@b:x", "SECOND", 0);
    member("@b:x", "SECOND", 2);
    assertThat(line("SECOND"))
        .as("a key that came just before is of the new membership")
        .isEqualTo("we have its key 0; it has not been given ours");
    member("@b:x", "SECOND", 0);
    member("@b:x", "SECOND", 3);
    assertThat(line("SECOND")).as("after it had left").isEqualTo("no keys exchanged");
  }

  @Test
  void whoDoesNotGetOurNewKeyHasAnOlderOne() {
    member("@b:x", "FIRST", 1);
    member("@b:x", "SECOND", 1);
    member("@c:x", "THIRD", 1);
    sent(0, "@b:x", "FIRST,SECOND", "{}");
    sent(1, "@b:x", "FIRST", "{}");
    assertThat(line("FIRST")).endsWith("it has our key");
    assertThat(line("SECOND")).endsWith("it has an older key of ours");
    sent(1, "@c:x", "THIRD", "{}");
    assertThat(line("FIRST")).as("control: another device gets the same").endsWith("has our key");
    sent(1, "@b:x", "SECOND", "{'failures':{'@b:x':['SECOND']}}");
    assertThat(line("SECOND")).endsWith("it was not reached");
  }

  @Test
  void aStarIsEveryDevice() {
    member("@b:x", "FIRST", 1);
    member("@b:x", "SECOND", 1);
    member("@c:x", "THIRD", 1);
    sent(0, "@b:x", "*", "{}");
    assertThat(line("FIRST")).endsWith("it has our key");
    assertThat(line("SECOND")).endsWith("it has our key");
    assertThat(line("THIRD")).as("control").isEqualTo("no keys exchanged");
    sent(1, "@b:x", "*", "{'failures':{'@b:x':['SECOND']}}");
    assertThat(line("FIRST")).endsWith("it has our key");
    assertThat(line("SECOND")).endsWith("it was not reached");
    sent(2, "@b:x", "FIRST,*", "{'failures':{'@b:x':['*']}}");
    assertThat(line("FIRST")).as("control: named beside it").endsWith("it has our key");
    assertThat(line("SECOND")).as("the rest").endsWith("it was not reached");
    sent(3, "@b:x", "FIRST,SECOND", "{'failures':{'@b:x':['*']}}");
    assertThat(line("FIRST")).as("every device").endsWith("it was not reached");
    sent(4, "@b:x", "FIRST", "{'error':{'message':'no'}}");
    assertThat(line("FIRST")).endsWith("it was not reached");
  }

  @Test
  void theOwnStickyMembershipIsToldFromOthers() {
    String content =
        "{'msc4354_sticky_key':'key','application':{'type':'m.call'},'member':{'claimed_device_id':'%s'}}";
    String event = "{'type':'%s','sender':'%s','event_id':'%s','content':%s}";
    push("send_event", event.formatted(STICKY_MEMBER, "@a:x", "$own", content.formatted("OWN")));
    push("send_event", event.formatted(STICKY_MEMBER, "@b:x", "$b", content.formatted("OTHER")));
    assertThat(line("OWN")).as("control: nobody knows yet").isEqualTo("no keys exchanged");
    relay.answer(
        "send_event",
        "joined",
        "{\"type\":\"" + STICKY_MEMBER + "\"}",
        "{\"event_id\":\"$own\",\"room_id\":\"!r:x\"}");
    hosted.awaitHeard("joined");
    assertThat(line("OWN")).isEqualTo("this is you");
    assertThat(line("OTHER")).isEqualTo("no keys exchanged");
    keyOf("@b:x", "OTHER", 0);
    push(
        "send_event",
        event.formatted(STICKY_MEMBER, "@a:x", "$left", "{'msc4354_sticky_key':'key'}"));
    assertThat(line("OTHER")).as("who has left has no keys").isEqualTo("no keys exchanged");
  }

  @Test
  void anotherDocumentKnowsNobody() {
    hosted.ask(
        "send_event",
        "mine",
        Map.of("type", MEMBER, "state_key", "_@a:x_OWN", "content", Map.of()));
    member("@a:x", "OWN", 1);
    member("@b:x", "FIRST", 1);
    keyOf("@b:x", "FIRST", 3);
    assertThat(line("FIRST")).startsWith("we have its key 3");
    relay.tell(
        Json.newObject()
            .put("t", "event")
            .put("level", "note")
            .put("text", "again")
            .put("call", "reloaded"));
    page.page().locator("#no-members").waitFor();
    member("@b:x", "FIRST", 1);
    member("@a:x", "OWN", 1);
    assertThat(line("FIRST")).isEqualTo("no keys exchanged");
    assertThat(line("OWN")).as("it has not joined").isEqualTo("no keys exchanged");
  }
}

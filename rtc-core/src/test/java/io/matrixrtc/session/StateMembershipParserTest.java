package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static io.matrixrtc.session.MemberEvents.content;
import static io.matrixrtc.session.MemberEvents.event;
import static io.matrixrtc.session.MemberEvents.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import io.matrixrtc.session.MembershipReading.Ignored;
import io.matrixrtc.session.MembershipReading.Joined;
import io.matrixrtc.session.MembershipReading.Left;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StateMembershipParserTest {
  private static MembershipReading read(ObjectNode content) {
    return StateMembershipParser.read(event(ALICE, "DEV", T, content));
  }

  private static Membership parsed(ObjectNode content) {
    return ((Joined) read(content)).membership();
  }

  private static ObjectNode changed(Consumer<ObjectNode> change) {
    ObjectNode content = content(ALICE, "DEV");
    change.accept(content);
    return content;
  }

  @Test
  void cm9G1FormTheContentOfElementCallIsReadWhole() {
    Membership member = parsed(content(ALICE, "DEV"));
    assertThat(member.device()).isEqualTo(new DeviceAddress(ALICE, "DEV"));
    assertThat(member.slot()).isEqualTo(SlotId.ROOM_CALL);
    assertThat(member.memberId()).isEqualTo("@alice:example.org:DEV");
    assertThat(member.mediaIdentity()).isEqualTo("@alice:example.org:DEV");
    assertThat(member.intent()).contains("video");
    assertThat(member.focusSelection()).contains("multi_sfu");
    assertThat(member.transports())
        .singleElement()
        .extracting(Transport::type)
        .isEqualTo("livekit");
    assertThat(member.transports().get(0).fields().path("livekit_alias").asText())
        .isEqualTo("!abc:example.org");
  }

  @TestFactory
  List<DynamicTest> cm1Rs10G1RequiredAMissingOrWrongFieldIsIgnoredByName() {
    Map<String, Consumer<ObjectNode>> forms = new LinkedHashMap<>();
    forms.put("MISSING_FIELD device_id", c -> c.remove("device_id"));
    forms.put("MISSING_FIELD call_id", c -> c.remove("call_id"));
    forms.put("MISSING_FIELD focus_active", c -> c.remove("focus_active"));
    forms.put("BAD_FIELD device_id", c -> c.put("device_id", 3));
    forms.put("BAD_FIELD device_id ", c -> c.put("device_id", ""));
    forms.put("BAD_FIELD call_id", c -> c.putNull("call_id"));
    forms.put("BAD_FIELD application", c -> c.put("application", 1));
    forms.put("BAD_FIELD application ", c -> c.put("application", "m.call#x"));
    forms.put("BAD_FIELD focus_active", c -> c.putObject("focus_active"));
    forms.put("BAD_FIELD foci_preferred", c -> c.put("foci_preferred", "x"));
    forms.put("BAD_FIELD foci_preferred ", c -> c.putArray("foci_preferred").add(1));
    forms.put("BAD_FIELD expires", c -> c.put("expires", "4h"));
    forms.put("BAD_FIELD created_ts", c -> c.put("created_ts", true));
    forms.put("BAD_FIELD scope", c -> c.put("scope", 1));
    forms.put("BAD_FIELD m.call.intent", c -> c.put("m.call.intent", 1));
    List<DynamicTest> tests = new ArrayList<>();
    forms.forEach(
        (name, change) ->
            tests.add(
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      Ignored ignored = (Ignored) read(changed(change));
                      assertThat(ignored.reason() + " " + ignored.detail()).isEqualTo(name.trim());
                    })));
    return tests;
  }

  @Test
  void cm2OptionalFieldsMayBeMissing() {
    ObjectNode content =
        changed(
            c ->
                c.remove(
                    List.of(
                        "scope", "expires", "membershipID", "m.call.intent", "foci_preferred")));
    Membership member = parsed(content);
    assertThat(member.transports()).isEmpty();
    assertThat(member.intent()).isEmpty();
    assertThat(member.expiresAt()).contains(T.plus(Duration.ofHours(4)));
  }

  @Test
  void cm3TheCreationIsCreatedTsElseTheEventsTime() {
    assertThat(parsed(content(ALICE, "DEV")).createdAt()).isEqualTo(T);
    assertThat(parsed(changed(c -> c.put("created_ts", 1000))).createdAt())
        .isEqualTo(Instant.ofEpochMilli(1000));
  }

  @Test
  void cm5TransportsAreThePreferredFociInOrder() {
    ObjectNode content =
        changed(
            c ->
                c.set(
                    "foci_preferred",
                    json("{'a':[{'type':'livekit','n':1},{'type':'other','n':2}]}").get("a")));
    assertThat(parsed(content).transports())
        .extracting(Transport::type)
        .containsExactly("livekit", "other");
  }

  @Test
  void cm11TheSlotOfARoomCallAndOfOthers() {
    assertThat(parsed(content(ALICE, "DEV")).slot()).hasToString("m.call#ROOM");
    assertThat(parsed(changed(c -> c.put("application", "m.not.a.call"))).slot())
        .hasToString("m.not.a.call#");
    assertThat(parsed(changed(c -> c.put("call_id", "custom"))).slot())
        .hasToString("m.call#custom");
  }

  @Test
  void cm12TheMemberIdFallsBackToUserAndDevice() {
    assertThat(parsed(changed(c -> c.remove("membershipID"))).memberId())
        .isEqualTo("@alice:example.org:DEV");
    assertThat(parsed(changed(c -> c.put("membershipID", 5))).memberId())
        .isEqualTo("@alice:example.org:DEV");
    assertThat(parsed(changed(c -> c.put("membershipID", "own"))).memberId()).isEqualTo("own");
  }

  @Test
  void cm13TheExpiryCountsFromTheCreation() {
    ObjectNode content =
        changed(
            c -> {
              c.put("created_ts", 1000);
              c.put("expires", 500);
            });
    assertThat(parsed(content).expiresAt()).contains(Instant.ofEpochMilli(1500));
  }

  @Test
  void rs9G1OldFormsAreTold() {
    assertThat(read(json("{}"))).isEqualTo(new Left());
    assertThat(read(json("{'memberships':[]}")))
        .isEqualTo(new Ignored(IgnoreReason.OLD_FORMAT, "memberships"));
    assertThat(read(json("{'x':1}")))
        .isInstanceOfSatisfying(
            Ignored.class, i -> assertThat(i.reason()).isEqualTo(IgnoreReason.NOT_A_MEMBERSHIP));
    assertThat(read(json("{'x':1,'y':2}")))
        .isInstanceOfSatisfying(
            Ignored.class, i -> assertThat(i.reason()).isEqualTo(IgnoreReason.NOT_A_MEMBERSHIP));
  }

  @Test
  void g1KeyTheStateKeySaysNothingAboutTheMember() {
    for (String key : List.of("_@alice:example.org_DEV", ALICE, "_@bob:example.org_X_m.call", "")) {
      CallMemberEvent event = new CallMemberEvent("$1", key, ALICE, T, content(ALICE, "DEV"));
      Membership member = ((Joined) StateMembershipParser.read(event)).membership();
      assertThat(member.device()).isEqualTo(new DeviceAddress(ALICE, "DEV"));
    }
  }

  @Test
  void rs6AnEventWithoutAProperSenderIsIgnored() {
    for (String sender : List.of("", "alice", "@alice", ":x")) {
      CallMemberEvent event = new CallMemberEvent("$1", "k", sender, T, content(ALICE, "DEV"));
      assertThat(StateMembershipParser.read(event))
          .isEqualTo(new Ignored(IgnoreReason.BAD_SENDER, "sender"));
    }
  }

  @Test
  void g1CutTimesFarOutAreCutAndDoNotOverflow() {
    for (String huge : List.of("1e308", "9223372036854775807", "-1e308", "1e400")) {
      ObjectNode content = content(ALICE, "DEV");
      content.setAll(json("{'expires':" + huge + ",'created_ts':" + huge + "}"));
      Membership member = parsed(content);
      assertThat(member.createdAt().toEpochMilli())
          .isBetween(-40_000_000_000_000L, 40_000_000_000_000L);
      assertThat(member.expiresAt()).isPresent();
    }
    CallMemberEvent late =
        new CallMemberEvent(
            "$1", "k", ALICE, Instant.ofEpochMilli(Long.MAX_VALUE), content(ALICE, "D"));
    assertThat(StateMembershipParser.read(late)).isInstanceOf(Joined.class);
  }

  @Test
  void g1GarbageAnyContentIsReadOrIgnoredAndNothingThrows() {
    Cases.run(
        "state membership garbage",
        500,
        20_000,
        (seed, random) -> {
          ObjectNode content = content(ALICE, "DEV");
          List<String> names = new ArrayList<>();
          content.fieldNames().forEachRemaining(names::add);
          for (int i = 0; i < 1 + random.nextInt(3); i++) {
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
              case 0 -> content.remove(name);
              case 1 -> content.putNull(name);
              case 2 -> content.put(name, random.nextLong());
              case 3 -> content.put(name, "x".repeat(random.nextInt(300)) + "#");
              case 4 -> content.putArray(name).addObject();
              default -> content.putObject(name).put("type", random.nextInt());
            }
          }
          assertThat(read(content)).isNotNull();
        });
  }
}

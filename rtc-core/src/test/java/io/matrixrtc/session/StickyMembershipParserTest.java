package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.ALICE;
import static io.matrixrtc.session.MemberEvents.T;
import static io.matrixrtc.session.MemberEvents.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.Ignored;
import io.matrixrtc.session.MembershipReading.Joined;
import io.matrixrtc.session.MembershipReading.Left;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StickyMembershipParserTest {
  private static final DeviceAddress DEV = new DeviceAddress(ALICE, "DEV");

  private static MembershipReading read(ObjectNode content) {
    return StickyMembershipParser.read(StickyEvents.event("$1", ALICE, T, content), false, T);
  }

  private static MembershipReading draft(Optional<DeviceAddress> by, ObjectNode content) {
    return StickyMembershipParser.read(StickyEvents.event("$1", ALICE, T, by, content), true, T);
  }

  private static Membership joined(MembershipReading reading) {
    assertThat(reading).isInstanceOf(Joined.class);
    return ((Joined) reading).membership();
  }

  private static ObjectNode changed(Consumer<ObjectNode> change) {
    ObjectNode content = StickyEvents.content(ALICE, "DEV", "m1");
    change.accept(content);
    return content;
  }

  private static String ignored(MembershipReading reading) {
    assertThat(reading).isInstanceOf(Ignored.class);
    return ((Ignored) reading).reason() + " " + ((Ignored) reading).detail();
  }

  @Test
  void cm20Cm21Cm22G2FormTheContentIsReadWhole_ours() {
    Membership member = joined(read(StickyEvents.content(ALICE, "DEV", "m1")));
    assertThat(member.form()).isEqualTo(MembershipForm.STICKY_2026);
    assertThat(member.device()).isEqualTo(DEV);
    assertThat(member.slot()).isEqualTo(SlotId.ROOM_CALL);
    assertThat(member.memberId()).isEqualTo("m1");
    assertThat(member.scope()).isEmpty();
    assertThat(member.intent()).contains("video");
    assertThat(member.application()).isEqualTo(json("{'type':'m.call','m.call.intent':'video'}"));
    assertThat(member.transports()).extracting(Transport::type).containsExactly("livekit");
    assertThat(member.createdAt()).isEqualTo(T);
    assertThat(member.expiresAt()).as("the end of stickiness").contains(T.plusSeconds(3600));
    Membership known =
        joined(
            StickyMembershipParser.read(
                StickyEvents.event(
                    "$1",
                    "@alice:example.org",
                    T,
                    StickyEvents.content("@alice:example.org", "AAAAAAA", "xyzHASHxyz")),
                false,
                T));
    assertThat(known.mediaIdentity()).isEqualTo("jUZ0Q1yF5nV3LlAI5xfD1I7BPnAytJaPEAR57EXjJ6s");
  }

  @Test
  void g2FormBothDeployedFormsAreRead() {
    assertThat(joined(read(StickyEvents.content2025(ALICE, "DEV", "m1"))).form())
        .isEqualTo(MembershipForm.STICKY_2025);
    assertThat(joined(read(StickyEvents.content2026(ALICE, "DEV", "m1"))).form())
        .isEqualTo(MembershipForm.STICKY_2026);
    assertThat(joined(read(changed(c -> c.put("transports", 1)))).form())
        .as("what is wrong with one form does not matter to readers of the other")
        .isEqualTo(MembershipForm.STICKY_2025);
  }

  @TestFactory
  List<DynamicTest> cm14Cm16Cm17Cm18AMissingOrWrongFieldIsIgnoredByName() {
    Map<String, Consumer<ObjectNode>> forms = new LinkedHashMap<>();
    forms.put("MISSING_FIELD slot_id", c -> c.remove("slot_id"));
    forms.put("BAD_FIELD slot_id", c -> c.put("slot_id", "ROOM"));
    forms.put("BAD_FIELD slot_id ", c -> c.put("slot_id", "m.other#ROOM"));
    forms.put("BAD_FIELD slot_id  ", c -> c.put("slot_id", "m.call#RO#OM"));
    forms.put("BAD_FIELD slot_id   ", c -> c.put("slot_id", 1));
    forms.put("NOT_A_MEMBERSHIP no application", c -> c.remove("application"));
    forms.put("BAD_FIELD application", c -> c.put("application", "m.call"));
    forms.put("MISSING_FIELD application.type", c -> c.putObject("application"));
    forms.put("BAD_FIELD application.type", c -> c.putObject("application").put("type", 1));
    forms.put("BAD_FIELD application.type ", c -> c.putObject("application").put("type", "a#b"));
    forms.put(
        "BAD_FIELD application.m.call.intent",
        c -> c.withObject("/application").put("m.call.intent", 1));
    forms.put("MISSING_FIELD member", c -> c.remove("member"));
    forms.put("BAD_FIELD member", c -> c.put("member", "m"));
    forms.put("MISSING_FIELD member.id", c -> c.withObject("/member").remove("id"));
    forms.put("MISSING_FIELD member.user_id", c -> c.withObject("/member").remove("user_id"));
    forms.put("MISSING_FIELD member.device_id", c -> c.withObject("/member").remove("device_id"));
    forms.put("BAD_FIELD member.id", c -> c.withObject("/member").put("id", 4));
    forms.put("BAD_FIELD member.user_id", c -> c.withObject("/member").put("user_id", "alice"));
    forms.put(
        "BAD_FIELD member.user_id ",
        c -> c.withObject("/member").put("user_id", "@bob:example.org"));
    forms.put("BAD_FIELD member.device_id", c -> c.withObject("/member").put("device_id", ""));
    forms.put("MISSING_FIELD versions", c -> c.remove("versions"));
    forms.put("BAD_FIELD versions", c -> c.putArray("versions").add(1));
    forms.put("MISSING_FIELD msc4354_sticky_key", c -> c.remove("msc4354_sticky_key"));
    forms.put("BAD_FIELD msc4354_sticky_key", c -> c.put("msc4354_sticky_key", 1));
    forms.put("BAD_FIELD sticky_key", c -> c.put("sticky_key", "other"));
    forms.put("BAD_FIELD sticky_key ", c -> c.put("sticky_key", 1));
    forms.put("BAD_FIELD m.relates_to", c -> c.put("m.relates_to", "x"));
    forms.put("MISSING_FIELD m.relates_to.event_id", c -> c.putObject("m.relates_to"));
    forms.put(
        "BAD_FIELD m.relates_to.rel_type",
        c -> c.putObject("m.relates_to").put("event_id", "$x").put("rel_type", "m.thread"));
    forms.put(
        "MISSING_FIELD rtc_transports", c -> c.remove(List.of("transports", "rtc_transports")));
    forms.put(
        "BAD_FIELD rtc_transports",
        c -> {
          c.remove("transports");
          c.putArray("rtc_transports").addObject().put("type", 1);
        });
    forms.put(
        "MISSING_FIELD transports.can_subscribe",
        c -> {
          c.remove("rtc_transports");
          c.withObject("/transports").remove("can_subscribe");
        });
    forms.put(
        "BAD_FIELD transports.published",
        c -> {
          c.remove("rtc_transports");
          c.withObject("/transports").put("published", "x");
        });
    List<DynamicTest> tests = new ArrayList<>();
    forms.forEach(
        (name, change) ->
            tests.add(
                DynamicTest.dynamicTest(
                    name,
                    () -> assertThat(ignored(read(changed(change)))).isEqualTo(name.trim()))));
    return tests;
  }

  @Test
  void cm15AnEmptySlotIdIsFine() {
    assertThat(joined(read(changed(c -> c.put("slot_id", "m.call#")))).slot())
        .hasToString("m.call#");
  }

  @Test
  void cm18EitherNameOfTheStickyKeyDoes() {
    assertThat(joined(read(changed(c -> c.put("sticky_key", "m1")))).memberId()).isEqualTo("m1");
    ObjectNode stable =
        changed(
            c -> {
              c.remove("msc4354_sticky_key");
              c.put("sticky_key", "m1");
            });
    assertThat(joined(read(stable)).memberId()).isEqualTo("m1");
  }

  @Test
  void cm17TheSenderMustBeAUserId() {
    ObjectNode content = StickyEvents.content("alice", "DEV", "m1");
    assertThat(
            ignored(
                StickyMembershipParser.read(
                    StickyEvents.event("$1", "alice", T, content), false, T)))
        .isEqualTo("BAD_SENDER sender");
  }

  @Test
  void g2LeaveEachFormOfALeaveIsRead_ours() {
    assertThat(read(StickyEvents.leave("m1"))).isEqualTo(new Left());
    assertThat(read(json("{'msc4354_sticky_key':'m1'}"))).isEqualTo(new Left());
    assertThat(
            read(
                json(
                    "{'slot_id':'m.call#ROOM','member':{'id':'m1','membership':'leave'},"
                        + "'leave_reason':{'code':'leave'},'sticky_key':'m1'}")))
        .isEqualTo(new Left());
    assertThat(read(changed(c -> c.withObject("/member").put("membership", "leave"))))
        .as("upstream takes it for a join")
        .isEqualTo(new Left());
    assertThat(joined(read(changed(c -> c.withObject("/member").put("membership", "join")))).form())
        .isEqualTo(MembershipForm.STICKY_2026);
  }

  @Test
  void g2DeviceTheDeviceThatEncryptedItMustBeTheOneItNames_ours() {
    ObjectNode content = StickyEvents.content(ALICE, "DEV", "m1");
    assertThat(joined(draft(Optional.of(DEV), content)).device()).isEqualTo(DEV);
    for (DeviceAddress other :
        List.of(new DeviceAddress(ALICE, "X"), new DeviceAddress("@eve:example.org", "DEV"))) {
      assertThat(ignored(draft(Optional.of(other), content)))
          .isEqualTo("OTHER_DEVICE member.device_id");
    }
  }

  @Test
  void g3FormADraftIsReadOnlyWhenAskedForAndTakesItsDeviceFromDecryption() {
    ObjectNode content = StickyEvents.draft("m1");
    assertThat(ignored(read(content))).isEqualTo("DRAFT member.membership");
    Membership member = joined(draft(Optional.of(DEV), content));
    assertThat(member.form()).isEqualTo(MembershipForm.STICKY_DRAFT);
    assertThat(member.device()).isEqualTo(DEV);
    assertThat(member.intent()).as("voice is audio").contains("audio");
    assertThat(member.mediaIdentity()).isEqualTo(LivekitNames.draftIdentity(ALICE, "m1"));
    assertThat(ignored(draft(Optional.empty(), content))).isEqualTo("NOT_ENCRYPTED no device");
    assertThat(ignored(draft(Optional.of(new DeviceAddress("@eve:x", "DEV")), content)))
        .isEqualTo("OTHER_DEVICE sender");
    ObjectNode otherKey = StickyEvents.draft("m1");
    otherKey.put("sticky_key", "m2");
    assertThat(ignored(draft(Optional.of(DEV), otherKey))).isEqualTo("BAD_FIELD sticky_key");
    ObjectNode unknown = StickyEvents.draft("m1");
    unknown.withObject("/member").put("membership", "knock");
    assertThat(draft(Optional.of(DEV), unknown)).isInstanceOf(Ignored.class);
  }

  @Test
  void g2GarbageAnyContentIsReadOrIgnoredAndNothingThrows() {
    Cases.run(
        "sticky membership garbage",
        500,
        20_000,
        (seed, random) -> {
          ObjectNode content =
              random.nextBoolean()
                  ? StickyEvents.content(ALICE, "DEV", "m1")
                  : StickyEvents.draft("m1");
          for (int i = 0; i < 1 + random.nextInt(3); i++) {
            ObjectNode at =
                switch (random.nextInt(4)) {
                  case 0 -> inside(content, "member");
                  case 1 -> inside(content, "application");
                  case 2 -> inside(content, "transports");
                  default -> content;
                };
            List<String> names = new ArrayList<>(List.of("sticky_key", "m.relates_to"));
            at.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
              case 0 -> at.remove(name);
              case 1 -> at.putNull(name);
              case 2 -> at.put(name, random.nextLong());
              case 3 -> at.put(name, "x".repeat(random.nextInt(300)) + "#");
              case 4 -> at.putArray(name).addObject();
              default -> at.putObject(name).put("type", random.nextInt());
            }
          }
          assertThat(draft(random.nextBoolean() ? Optional.of(DEV) : Optional.empty(), content))
              .isNotNull();
        });
  }

  private static ObjectNode inside(ObjectNode content, String field) {
    return content.get(field) instanceof ObjectNode object ? object : content;
  }
}

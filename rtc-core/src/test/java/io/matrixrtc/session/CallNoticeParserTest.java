package io.matrixrtc.session;

import static io.matrixrtc.session.MemberEvents.T;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallNoticeParserTest {
  private static final String BOB = "@bob:example.org";

  private static ObjectNode valid() {
    return MemberEvents.json(
        "{'m.mentions':{'user_ids':['@a:x.org'],'room':true},'notification_type':'ring',"
            + "'m.relates_to':{'rel_type':'m.reference','event_id':'$own'},"
            + "'sender_ts':1770000000000,'lifetime':30000,'m.call.intent':'video',"
            + "'slot_id':'m.call#ROOM'}");
  }

  private static NoticeReading read(ObjectNode content) {
    return read(CallNoticeEvent.NOTIFICATION, BOB, T, content, true);
  }

  private static NoticeReading read(
      String type, String sender, Instant at, ObjectNode content, boolean mayMention) {
    return CallNoticeParser.read(new CallNoticeEvent("$n", type, sender, at, content, mayMention));
  }

  private static CallNotification notified(NoticeReading reading) {
    assertThat(reading).isInstanceOf(NoticeReading.Notified.class);
    return ((NoticeReading.Notified) reading).notification();
  }

  @Test
  void ty2AValidNotificationIsReadWhole() {
    assertThat(notified(read(valid())))
        .isEqualTo(
            new CallNotification(
                "$n",
                BOB,
                CallNotification.Type.RING,
                Optional.of("$own"),
                Optional.of("m.call#ROOM"),
                Optional.of("video"),
                Set.of("@a:x.org"),
                true,
                T.plusSeconds(30)));
  }

  @Test
  void ty2TheLifetimeIsCutAt120SecondsAndCountsFromTheSenderUnlessThatIsAhead() {
    for (Map.Entry<Long, Long> lifetime : Map.of(120_000L, 120L, 120_001L, 120L).entrySet()) {
      ObjectNode content = valid().put("lifetime", lifetime.getKey());
      assertThat(notified(read(content)).endsAt()).isEqualTo(T.plusSeconds(lifetime.getValue()));
    }
    assertThat(notified(read(valid().put("lifetime", -1))).endsAt()).isEqualTo(T);
    ObjectNode ahead = valid().put("sender_ts", T.plusSeconds(20).toEpochMilli());
    assertThat(notified(read(ahead)).endsAt()).isEqualTo(T.plusSeconds(50));
    ahead.put("sender_ts", T.plusMillis(20_001).toEpochMilli());
    assertThat(notified(read(ahead)).endsAt()).isEqualTo(T.plusSeconds(30));
  }

  @Test
  void ty2WithoutThePowerToMentionTheRoomOnlyUsersAreMentioned() {
    CallNotification notification =
        notified(read(CallNoticeEvent.NOTIFICATION, BOB, T, valid(), false));
    assertThat(notification.mentionsRoom()).isFalse();
    assertThat(notification.mentionedUsers()).containsExactly("@a:x.org");
  }

  @Test
  void ty3AMalformedFieldIsIgnoredByName() {
    Map<String, String> bad =
        Map.of(
            "m.mentions", "{'f':[]}",
            "notification_type", "{'f':5}",
            "sender_ts", "{'f':'now'}",
            "lifetime", "{'f':'long'}",
            "m.call.intent", "{'f':{}}");
    bad.forEach(
        (field, value) -> {
          ObjectNode content = valid();
          content.set(field, MemberEvents.json(value).get("f"));
          assertThat(read(content))
              .as(field)
              .isEqualTo(new NoticeReading.Ignored(IgnoreReason.BAD_FIELD, field));
        });
    for (String required : new String[] {"sender_ts", "lifetime"}) {
      ObjectNode content = valid();
      content.remove(required);
      assertThat(read(content))
          .isEqualTo(new NoticeReading.Ignored(IgnoreReason.MISSING_FIELD, required));
    }
    for (String optional : new String[] {"m.mentions", "notification_type", "m.relates_to"}) {
      ObjectNode content = valid();
      content.remove(optional);
      notified(read(content));
    }
  }

  @Test
  void ty4OnlyAReferenceIsARelation() {
    ObjectNode content = valid();
    ((ObjectNode) content.get("m.relates_to")).put("rel_type", "m.thread");
    assertThat(read(content))
        .isEqualTo(new NoticeReading.Ignored(IgnoreReason.BAD_FIELD, "m.relates_to.rel_type"));
    ((ObjectNode) content.get("m.relates_to")).put("rel_type", "m.reference");
    assertThat(notified(read(content)).memberEventId()).contains("$own");
  }

  @Test
  void declinesNeedAReferenceAndASender() {
    ObjectNode decline = CallNoticeContent.decline("$ring");
    assertThat(read(CallNoticeEvent.DECLINE, BOB, T, decline, true))
        .isEqualTo(new NoticeReading.Declined(BOB, "$ring"));
    assertThat(read(CallNoticeEvent.DECLINE, "bob", T, decline, true))
        .isEqualTo(new NoticeReading.Ignored(IgnoreReason.BAD_SENDER, "sender"));
    decline.remove("m.relates_to");
    assertThat(read(CallNoticeEvent.DECLINE, BOB, T, decline, true))
        .isEqualTo(new NoticeReading.Ignored(IgnoreReason.MISSING_FIELD, "m.relates_to"));
  }

  @Test
  void whatIsWrittenIsRead() {
    NotificationRequest request =
        new NotificationRequest(
            CallNotification.Type.RING, Duration.ofSeconds(90), Set.of("@b:x.org"), false);
    ObjectNode content =
        CallNoticeContent.notification(request, SlotId.ROOM_CALL, "$mine", Optional.of("audio"), T);
    CallNotification notification = notified(read(content));
    assertThat(notification.memberEventId()).contains("$mine");
    assertThat(notification.slotId()).contains("m.call#ROOM");
    assertThat(notification.endsAt()).isEqualTo(T.plusSeconds(90));
    assertThat(notification.mentionedUsers()).containsExactly("@b:x.org");
    assertThat(content.path("msc4354_sticky_key").asText()).isEqualTo("m.call#ROOM");
  }
}

package io.matrixrtc.livekit;

import static io.matrixrtc.livekit.FakeWeb.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.Membership;
import io.matrixrtc.session.MembershipForm;
import io.matrixrtc.session.SlotId;
import io.matrixrtc.session.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SfuPlanTest {
  private static final Instant AT = Instant.ofEpochSecond(1_770_000_000);

  private static Membership member(String name, MembershipForm form, String selection, String sfu) {
    Transport transport =
        new Transport(
            "livekit", Json.newObject().put("type", "livekit").put("livekit_service_url", sfu));
    return new Membership(
        "$" + name,
        form,
        new DeviceAddress("@" + name + ":example.org", "D"),
        SlotId.ROOM_CALL,
        "m",
        AT,
        AT,
        Optional.empty(),
        name,
        Optional.empty(),
        Optional.empty(),
        form.isSticky() ? Optional.empty() : Optional.of(selection),
        List.of(transport),
        Json.newObject());
  }

  private static Membership multi(String name, String sfu) {
    return member(name, MembershipForm.STATE, JoinRequest.MULTI_SFU, sfu);
  }

  private static Membership oldest(String name, String sfu) {
    return member(name, MembershipForm.STATE, JoinRequest.OLDEST_MEMBERSHIP, sfu);
  }

  private static Membership sticky(String name, String sfu) {
    return member(name, MembershipForm.STICKY_2026, "", sfu);
  }

  @Test
  void sfuMultiEachSfuThatAMemberPublishesOnIsConnected() {
    Membership a = multi("a", "https://one.example");
    Membership b = sticky("b", "https://two.example/");
    Membership c = multi("c", "https://one.example/");
    SfuPlan plan = SfuPlan.of(List.of(a, b, c), Optional.of(b));
    assertThat(plan.publishing()).contains(service("https://two.example"));
    assertThat(plan.members().get(service("https://one.example"))).containsExactly(a, c);
    assertThat(plan.members().get(service("https://two.example"))).containsExactly(b);
    assertThat(plan.members()).hasSize(2);
    assertThat(plan.unreachable()).isEmpty();
  }

  @Test
  void sfuOldestAllAreOnTheSfuOfTheOldest() {
    Membership a = oldest("a", "https://one.example");
    Membership b = oldest("b", "https://two.example");
    SfuPlan plan = SfuPlan.of(List.of(a, b), Optional.of(b));
    assertThat(plan.publishing()).contains(service("https://one.example"));
    assertThat(plan.members()).containsOnlyKeys(service("https://one.example"));
    SfuPlan after = SfuPlan.of(List.of(b), Optional.of(b));
    assertThat(after.publishing()).as("the oldest left").contains(service("https://two.example"));
  }

  @Test
  void sfuMixedEachMembersModeIsItsOwn() {
    Membership a = multi("a", "https://one.example");
    Membership b = oldest("b", "https://two.example");
    Membership c = sticky("c", "https://three.example");
    SfuPlan plan = SfuPlan.of(List.of(a, b, c), Optional.of(c));
    assertThat(plan.members().get(service("https://one.example"))).containsExactly(a, b);
    assertThat(plan.members().get(service("https://three.example"))).containsExactly(c);
    assertThat(plan.members()).hasSize(2);
  }

  @Test
  void sfuMultiWhoNamesNoUsableSfuCannotBeHeard() {
    Membership a = multi("a", "http://plain.example");
    Membership b = member("b", MembershipForm.STATE, "coin_toss", "https://one.example");
    Membership c = multi("c", "https://one.example");
    SfuPlan plan = SfuPlan.of(List.of(a, b, c), Optional.of(b));
    assertThat(plan.unreachable()).containsExactly(a, b);
    assertThat(plan.publishing()).isEmpty();
    assertThat(plan.members()).containsOnlyKeys(service("https://one.example"));
    assertThat(SfuPlan.of(List.of(), Optional.empty()).members()).isEmpty();
  }

  @Test
  void sfuBoundSoManySfusAndOneBeyond_ours() {
    List<Membership> members = new ArrayList<>();
    for (int i = 0; i < SfuPlan.MAX_SFUS; i++) {
      members.add(multi("m" + i, "https://s" + i + ".example"));
    }
    assertThat(SfuPlan.of(members, Optional.empty()).unreachable()).isEmpty();
    Membership last = multi("last", "https://last.example");
    members.add(last);
    members.add(multi("late", "https://s0.example"));
    SfuPlan plan = SfuPlan.of(members, Optional.empty());
    assertThat(plan.unreachable()).containsExactly(last);
    assertThat(plan.members()).hasSize(SfuPlan.MAX_SFUS);
    SfuPlan own = SfuPlan.of(members, Optional.of(last));
    assertThat(own.members())
        .as("one's own SFU is always there")
        .containsKey(service("https://last.example"));
    assertThat(own.members()).hasSize(SfuPlan.MAX_SFUS);
  }
}

package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.HostEvent;
import io.matrixrtc.widget.host.HostEvent.DropReason;
import io.matrixrtc.widget.host.HostEvent.EndReason;
import io.matrixrtc.widget.host.HostEvent.WithheldReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Questions to the user, and what the page is told. */
class HostPageTest {
  private static final Capability READ = Capability.parse("org.matrix.msc2762.receive.event:m.x");
  private static final Capability SEND = Capability.parse("org.matrix.msc2762.send.event:m.x");

  private final List<ObjectNode> shown = new ArrayList<>();
  private final List<HostEvent> heard = new ArrayList<>();
  private final List<ObjectNode> standing = new ArrayList<>();
  private final HostPage page =
      new HostPage(text -> {}, heard::add, shown::add, standing::add, new HandScheduler(), true);

  private CompletableFuture<DriverResult<Set<Capability>>> asked() {
    return page.policy()
        .decide(new CapabilityPolicy.Decide("w", List.of(READ, SEND), CapabilitySet.NONE))
        .toCompletableFuture();
  }

  private ObjectNode last() {
    return shown.get(shown.size() - 1);
  }

  private ObjectNode answer() {
    return Json.newObject().put("id", last().path("id").asLong());
  }

  @Test
  void theUserAllowsSomeAndNothingThatWasNotAsked() {
    CompletableFuture<DriverResult<Set<Capability>>> decision = asked();
    assertThat(last().path("items")).hasSize(2);
    ObjectNode answer = answer();
    answer.putArray("allow").add(READ.text()).add("org.matrix.msc2762.send.event:m.other");
    page.onAnswer(answer);
    assertThat(decision.join()).isEqualTo(DriverResult.done(Set.of(READ)));
    CompletableFuture<Boolean> openId = page.askOpenId().toCompletableFuture();
    page.onAnswer(answer().put("allow", true));
    assertThat(openId.join()).isTrue();
    assertThat(page.prefersDark()).isTrue();
  }

  @Test
  void consentNoSilenceAndNonsenseAreANo() {
    CompletableFuture<DriverResult<Set<Capability>>> nonsense = asked();
    page.onAnswer(answer().put("allow", "everything"));
    assertThat(nonsense.join()).isEqualTo(DriverResult.done(Set.of()));
    CompletableFuture<Boolean> text = page.askOpenId().toCompletableFuture();
    page.onAnswer(answer().put("allow", "true"));
    assertThat(text.join()).isFalse();
    CompletableFuture<Boolean> silence = page.askOpenId().toCompletableFuture();
    page.onAnswer(Json.newObject().put("id", 999).put("allow", true));
    assertThat(silence).isNotDone();
    page.close();
    assertThat(silence.join()).isFalse();
  }

  @Test
  void consentBoundOneQuestionTooManyIsANo() {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i <= HostPage.MAX_QUESTIONS; i++) {
      answers.add(page.askOpenId().toCompletableFuture());
    }
    assertThat(answers.get(HostPage.MAX_QUESTIONS).join()).isFalse();
    assertThat(answers.subList(0, HostPage.MAX_QUESTIONS)).allMatch(answer -> !answer.isDone());
    page.onAnswer(answer().put("allow", true));
    assertThat(answers.get(HostPage.MAX_QUESTIONS - 1).join()).as("control").isTrue();
  }

  @Test
  void consentGoneWhatTheDocumentBeforeHasAskedIsANoAndMakesRoom() {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < HostPage.MAX_QUESTIONS; i++) {
      answers.add(page.askOpenId().toCompletableFuture());
    }
    page.listener().accept(new HostEvent.CallJoined());
    assertThat(answers).as("control: another event").noneMatch(CompletableFuture::isDone);
    page.listener().accept(new HostEvent.Reloaded());
    assertThat(answers).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::join);
    assertThat(last().path("call").asText()).as("the page is told").isEqualTo("reloaded");
    CompletableFuture<Boolean> next = page.askOpenId().toCompletableFuture();
    assertThat(next).isNotDone();
    page.onAnswer(answer().put("allow", true));
    assertThat(next.join()).isTrue();
  }

  @Test
  void consentWordsEveryCapabilityHasWords() {
    List<Capability> all = new ArrayList<>(List.of(Feature.values()));
    all.addAll(ElementCall.capabilities("@a:b", "D", "!r:b"));
    all.add(Capability.parse("org.matrix.msc2762.timeline:*"));
    all.add(Capability.parse("com.beeper.capabilities.receive.room_account_data:m.tag"));
    all.add(Capability.parse("org.example.unknown"));
    for (Capability capability : all) {
      assertThat(CapabilityText.of(capability)).contains(" ").isNotEqualTo(capability.text());
      assertThat(CapabilityText.groupOf(capability)).isNotEmpty();
    }
    for (Capability capability : ElementCall.capabilities("@a:b", "D", "!r:b")) {
      if (!capability.text().contains("m.call.")) { // of calls between two, long gone
        assertThat(CapabilityText.of(capability)).doesNotContain("org.matrix.msc");
      }
    }
  }

  @Test
  void consentWordsNoFeatureIsToldByItsWireName() {
    for (Feature feature : Feature.values()) {
      assertThat(CapabilityText.of(feature)).doesNotContain(feature.text());
    }
  }

  @Test
  void consentRoomIsToldByItsNameAndAlwaysByItsId() {
    Capability elsewhere = Capability.parse("org.matrix.msc2762.timeline:!b:e.org");
    Map<String, String> names =
        Map.of(
            "!a:e.org", "Team \u202e(!safe:e.org)\n call",
            "!b:e.org", "x".repeat(100),
            "!c:e.org", "\u200b \u202e");
    var unused =
        page.policy("!a:e.org", id -> Optional.ofNullable(names.get(id)))
            .decide(new CapabilityPolicy.Decide("w", List.of(elsewhere), CapabilitySet.NONE));
    assertThat(last().path("room").asText()).isEqualTo("“Team (!safe:e.org) call” (!a:e.org)");
    assertThat(last().path("items").path(0).path("text").asText())
        .isEqualTo("Use the room “" + "x".repeat(63) + "…” (!b:e.org)");
    assertThat(CapabilityText.room("!c:e.org", id -> Optional.ofNullable(names.get(id))))
        .as("a name that shows nothing")
        .isEqualTo("!c:e.org");
    assertThat(CapabilityText.room("!d:e.org", id -> Optional.ofNullable(names.get(id))))
        .as("none")
        .isEqualTo("!d:e.org");
    unused = asked();
    assertThat(last().has("room")).as("nobody said which").isFalse();
  }

  @Test
  void consentRoomWhatIsGrantedIsToldInTheWordsOfTheQuestion() {
    String room = "org.matrix.msc2762.timeline:!b:e.org";
    HostEvent granted = new HostEvent.Negotiated(List.of(room), List.of(room));
    page.listener().accept(granted);
    assertThat(last().path("items").path(0).path("text").asText())
        .as("nobody said what it is called")
        .isEqualTo("Use the room !b:e.org");
    page.callRooms(id -> Optional.of("Own"));
    page.listener().accept(granted);
    assertThat(last().path("items").path(0).path("text").asText())
        .as("where the user is asked nothing")
        .isEqualTo("Use the room “Own” (!b:e.org)");
    var unused =
        page.policy("!a:e.org", id -> Optional.of("Team"))
            .decide(
                new CapabilityPolicy.Decide(
                    "w", List.of(Capability.parse(room)), CapabilitySet.NONE));
    String asked = last().path("items").path(0).path("text").asText();
    page.listener().accept(granted);
    assertThat(last().path("t").asText()).isEqualTo("granted");
    assertThat(last().path("items").path(0).path("text").asText())
        .isEqualTo(asked)
        .isEqualTo("Use the room “Team” (!b:e.org)");
  }

  @Test
  void pageTextAWidgetsOwnWordsAreCleanedToo() {
    for (String kind : List.of("send.event:", "receive.state_event:", "send.to_device:")) {
      String wire = kind.contains("to_device") ? "org.matrix.msc3819." : "org.matrix.msc2762.";
      assertThat(CapabilityText.of(Capability.parse(wire + kind + "a\u202eb\u0007c\nd")))
          .endsWith("abc d");
    }
  }

  @Test
  void pageLinkALinkIsOfferedAsLongAsThereIsAPage() {
    MatrixLink link = new MatrixLink("https://matrix.to/#/@bob:example.org");
    assertThat(page.offer(link)).isTrue();
    assertThat(last().path("t").asText()).isEqualTo("link");
    assertThat(last().path("url").asText()).isEqualTo(link.uri());
    page.end();
    assertThat(page.offer(link)).isFalse();
    assertThat(shown).hasSize(1);
  }

  @Test
  void consentWordsNoTwoCapabilitiesReadTheSame() {
    Set<Capability> all = new LinkedHashSet<>(List.of(Feature.values()));
    all.addAll(ElementCall.capabilities("@a:b", "D", "!r:b"));
    assertThat(all.stream().map(CapabilityText::of).toList())
        .doesNotHaveDuplicates()
        .contains("Send a call's ringing", "Send a call's ringing (older form)");
  }

  /** A backup that does as the user says. */
  private static final class Backup implements BackupPanel {
    private final List<String> wants = new ArrayList<>();
    private Consumer<BackupView> watcher = view -> {};
    private int watchers;

    @Override
    public Watch watch(Consumer<BackupView> page) {
      watcher = page;
      watchers++;
      page.accept(BackupView.of(BackupView.Phase.OFF, "There is no backup."));
      return () -> watchers--;
    }

    @Override
    public void pause() {
      wants.add("pause");
    }

    @Override
    public void resume() {
      wants.add("resume");
    }
  }

  @Test
  void pageBackupItsProgressIsShownAndTheUserPausesAndResumesIt() {
    Backup backup = new Backup();
    page.onBackup(Json.newObject().put("want", "pause")); // there is none yet
    page.showBackup(backup);
    assertThat(standing.get(0).path("phase").asText()).isEqualTo("off");
    backup.watcher.accept(
        new BackupView(
            BackupView.Phase.RUNNING, "At work.", 10, 4, 1, Optional.of(Duration.ofSeconds(3))));
    assertThat(standing.get(1).toString())
        .isEqualTo(
            "{\"t\":\"backup\",\"text\":\"At work.\",\"phase\":\"running\",\"total\":10,"
                + "\"done\":4,\"failed\":1,\"seconds\":3}");
    page.onBackup(Json.newObject().put("want", "pause"));
    page.onBackup(Json.newObject().put("want", "resume"));
    page.onBackup(Json.newObject().put("want", "delete"));
    assertThat(backup.wants).containsExactly("pause", "resume");
    page.close();
    assertThat(backup.watchers).as("a page that is loaded again goes on").isEqualTo(1);
    page.end();
    assertThat(backup.watchers).isZero();
    page.showBackup(backup);
    assertThat(backup.watchers).as("too late").isZero();
  }

  @Test
  void everyEventIsToldInASentenceOrByTheRelay() {
    List<HostEvent> events =
        List.of(
            new HostEvent.Negotiated(List.of(READ.text(), SEND.text()), List.of(READ.text())),
            new HostEvent.Dropped(DropReason.WRONG_ORIGIN),
            new HostEvent.Refused("send_event", "no"),
            new HostEvent.PushTimedOut("update_state"),
            new HostEvent.PushDropped("update_state"),
            new HostEvent.ToDeviceFailures("m.x", Map.of("@a:b", List.of("D"))),
            new HostEvent.ToDeviceWithheld("m.x", "@a:b", WithheldReason.UNTRUSTED_DEVICE),
            new HostEvent.CallJoined(),
            new HostEvent.CallHungUp(),
            new HostEvent.CallClosed(),
            new HostEvent.DeviceMute(true, false),
            new HostEvent.Reloaded());
    events.forEach(page.listener());
    assertThat(shown).hasSameSizeAs(events);
    assertThat(shown.get(0).path("items").path(1).path("granted").asBoolean(true)).isFalse();
    assertThat(shown.get(6).path("text").asText())
        .isEqualTo("Kept m.x of @a:b from the widget: untrusted device");
    page.listener().accept(new HostEvent.Ended(EndReason.CLOSED_BY_HOST));
    assertThat(shown).hasSameSizeAs(events);
    assertThat(heard).hasSize(events.size() + 1);
  }
}

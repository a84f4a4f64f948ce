package io.matrixrtc.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceEvent.Control;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final ReportSummary SUMMARY =
      new ReportSummary(
          "Six devices, forty seconds",
          "A scripted call on the embedded homeserver: people join, leave, come back, fall silent"
              + " and vanish, and every frame goes through a relay that holds no keys.",
          List.of(new ReportSummary.Figure("1.12 s", "from leave to new key", "median of 6")),
          List.of("Run it again: ./matrixrtc demo --seed 42"));

  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'&\u202E\u0007</script>";

  @Test
  void writesThePage() throws Exception {
    Path file = Path.of("target", "report.html"); // for looking at it
    Trace trace = SyntheticCall.trace();
    HtmlReport.write(file, trace, SUMMARY);
    assertThat(Files.readString(file)).isEqualTo(HtmlReport.page(trace, SUMMARY));
  }

  @Test
  void thePageNeedsNothingElse_REPORT_ALONE() {
    String page = HtmlReport.page(SyntheticCall.trace(), SUMMARY);
    assertThat(page).doesNotContain("http://", "https://", "@import", "url(//", "srcset");
    Matcher links = Pattern.compile("(?:href|src)=\"([^\"]*)\"").matcher(page);
    int found = 0;
    while (links.find()) {
      assertThat(links.group(1)).matches("#[a-z0-9-]+|data:,");
      found++;
    }
    assertThat(found).isGreaterThan(10);
    assertThat(page).contains("default-src &#39;none&#39;");
    assertThat(page.length()).isLessThan(300_000);
  }

  @Test
  void everyLinkHasItsTargetAndEveryIdIsThereOnce() {
    String page = HtmlReport.page(SyntheticCall.trace(), SUMMARY);
    Set<String> ids = new HashSet<>();
    Matcher id = Pattern.compile(" id=\"([^\"]+)\"").matcher(page);
    while (id.find()) {
      assertThat(ids.add(id.group(1))).as("id %s", id.group(1)).isTrue();
    }
    Matcher target =
        Pattern.compile("(?:href|aria-labelledby)=\"#?([a-z][^\",:]*)\"").matcher(page);
    while (target.find()) {
      assertThat(ids).contains(target.group(1));
    }
    assertThat(ids).contains("timeline", "matrix", "attacks", "checks", "keys", "events", "key-14");
  }

  @Test
  void allTextIsEscaped_REPORT_ESCAPE() {
    KeyRef key = new KeyRef("@e:x:E", 5, 2, KeyFingerprint.of(new byte[16]));
    Control control = new Control(HOSTILE, true, HOSTILE);
    Trace trace =
        trace(
            new TraceEvent.CallStarted(HOSTILE, HOSTILE, HOSTILE, 1, 20, 2),
            new TraceEvent.ParticipantAdded("@e:x:E", HOSTILE, HOSTILE, HOSTILE, false),
            new TraceEvent.ParticipantAdded("@f:x:F", HOSTILE, HOSTILE, HOSTILE, true),
            new TraceEvent.PresenceChanged("@e:x:E", Presence.JOINED, HOSTILE),
            new TraceEvent.PresenceChanged("@f:x:F", Presence.JOINED, HOSTILE),
            new TraceEvent.KeyMade(key, HOSTILE),
            new TraceEvent.KeyNotServed(key, HOSTILE, HOSTILE),
            new TraceEvent.KeyRefused("@e:x:E", HOSTILE, 3, HOSTILE),
            new TraceEvent.FramesHeard("@e:x:E", "@f:x:F", 5, 1, 1, 1),
            new TraceEvent.FaultChanged(HOSTILE, HOSTILE, true, HOSTILE),
            new TraceEvent.AttackTried(HOSTILE, HOSTILE, HOSTILE, true, HOSTILE, control),
            new TraceEvent.Checked(HOSTILE, HOSTILE, true, HOSTILE, control),
            new TraceEvent.Noted(HOSTILE, HOSTILE),
            new TraceEvent.CallEnded(true, HOSTILE));
    ReportSummary summary =
        new ReportSummary(
            HOSTILE,
            HOSTILE,
            List.of(new ReportSummary.Figure(HOSTILE, HOSTILE, HOSTILE)),
            List.of(HOSTILE));
    String page = HtmlReport.page(trace, summary);
    assertThat(page).doesNotContain("<img", "\u202E", "\u0007").contains("&lt;img src=x");
    assertThat(page.split("</script>", -1)).hasSize(2);
  }

  @Test
  void theVerdictNamesWhatFailed_REPORT_VERDICT() {
    String page = HtmlReport.page(SyntheticCall.trace(), SUMMARY);
    assertThat(page).contains("Not passed: 1 of 5 checks fails").doesNotContain("> Passed");
    Control works = new Control("c", true, "");
    Control broken = new Control("c", false, "");
    TraceEvent good = new TraceEvent.AttackTried("A", "e", "a", false, "", works);
    TraceEvent unproven = new TraceEvent.AttackTried("A", "e", "a", false, "", broken);
    TraceEvent bad = new TraceEvent.AttackTried("A", "e", "a", true, "", works);
    TraceEvent end = new TraceEvent.CallEnded(true, "");
    assertThat(HtmlReport.passed(trace(good, end))).isTrue();
    assertThat(HtmlReport.page(trace(good, end), SUMMARY)).contains("\u2713 Passed");
    assertThat(HtmlReport.passed(trace(unproven, end))).isFalse();
    assertThat(HtmlReport.page(trace(unproven, end), SUMMARY)).contains("? unproven");
    assertThat(HtmlReport.passed(trace(bad, end))).isFalse();
    assertThat(HtmlReport.passed(trace(good))).isFalse();
    assertThat(HtmlReport.passed(trace(good, new TraceEvent.CallEnded(false, "")))).isFalse();
    assertThat(HtmlReport.passed(trace(end))).isFalse();
    assertThat(HtmlReport.page(trace(), SUMMARY)).contains("nothing was checked");
  }

  @Test
  void aCallOfTwoHundredStaysReadableAndBounded() {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String who = "@u" + i + ":x:D";
      events.add(new TraceEvent.ParticipantAdded(who, "@u" + i + ":x", "D", "User " + i, false));
      events.add(new TraceEvent.PresenceChanged(who, Presence.JOINED, ""));
      KeyRef key = new KeyRef(who, i, 0, KeyFingerprint.of(new byte[] {(byte) i}));
      events.add(new TraceEvent.KeyMade(key, ""));
      for (int to = 0; to < 20; to++) {
        events.add(new TraceEvent.KeyServed(key, "@u" + to + ":x:D"));
      }
    }
    String page = HtmlReport.page(trace(events.toArray(new TraceEvent[0])), SUMMARY);
    assertThat(page)
        .contains((200 - TimelineSvg.MAX_LANES) + " more participants are not drawn")
        .contains("200 members: too many to show pair by pair")
        .contains("more events are in the trace file");
    assertThat(page.length()).isLessThan(3_000_000);
  }

  @Test
  void keyUseEndsWithTheNextKeyOrTheLeave() {
    CallStory story = new CallStory(SyntheticCall.trace());
    List<KeyStory> carol =
        story.lanes().stream()
            .filter(l -> l.label().equals("Carol"))
            .findFirst()
            .orElseThrow()
            .keys();
    assertThat(carol.get(0).usedUntilMs()).isEqualTo(18_000);
    assertThat(carol.get(1).usedUntilMs()).isEqualTo(story.lengthMs());
    List<KeyStory> bob =
        story.lanes().stream()
            .filter(l -> l.label().equals("Bob"))
            .findFirst()
            .orElseThrow()
            .keys();
    assertThat(bob.get(0).usedUntilMs()).isEqualTo(bob.get(1).usedFromMs());
    assertThat(bob.get(1).failed()).isEqualTo(1);
    assertThat(story.lanes())
        .extracting(Lane::code)
        .containsExactly("A1", "A2", "B", "C", "D", "E", "M");
    assertThat(story.faults()).extracting(CallStory.Fault::toMs).containsExactly(14_500L, 40_000L);
  }

  private static Trace trace(TraceEvent... events) {
    List<TraceEntry> entries = new ArrayList<>();
    for (TraceEvent event : events) {
      long ms = entries.size() * 100L;
      entries.add(new TraceEntry(SyntheticCall.START.plusMillis(ms), ms, event));
    }
    return new Trace(entries);
  }
}

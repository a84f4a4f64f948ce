package io.matrixrtc.testkit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.SecretSearch;
import io.matrixrtc.testkit.trace.TraceEvent.Control;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final byte[] MATERIAL = material();
  private static final KeyRef KEY = new KeyRef("a:A", 7, 2, KeyFingerprint.of(MATERIAL));

  private static byte[] material() {
    byte[] material = new byte[16];
    new SplittableRandom(1).nextBytes(material);
    return material;
  }

  /** One event of every kind. */
  static List<TraceEvent> events() {
    Control control = new Control("same key, still a member", true, "12 of 12");
    return List.of(
        new TraceEvent.CallStarted("t", "demand", "!r:x", -5, 20.0, 6),
        new TraceEvent.ParticipantAdded("a:A", "a", "A", "Alice <b>\u2028", false),
        new TraceEvent.PresenceChanged("a:A", Presence.REJOINED, "after 3 s"),
        new TraceEvent.KeyMade(KEY, "first key"),
        new TraceEvent.KeyOffered(KEY, "b:B"),
        new TraceEvent.KeyServed(KEY, "b:B"),
        new TraceEvent.KeyNotServed(KEY, "b:B", "not cross-signed"),
        new TraceEvent.KeyUsed(KEY),
        new TraceEvent.KeyReceived(KEY, "b:B"),
        new TraceEvent.KeyRefused("b:B", "e:E", 255, "device is no member"),
        new TraceEvent.FirstFrameHeard("b:B", KEY, TrackKind.VIDEO),
        new TraceEvent.FramesHeard("b:B", "a:A", -1, 1, 2, 3),
        new TraceEvent.FramesSent("a:A", 1, 2, 3),
        new TraceEvent.MessageSent("a:A", "b:B", "m.key", "{\"a\":1}", "{\"b\":2}", "200"),
        new TraceEvent.AttackTried("ATT-1", "e:E", "decrypts the tape", false, "0 of 9", control),
        new TraceEvent.Checked("CHK-1", "all heard all", true, "", null),
        new TraceEvent.Checked("CHK-2", "no key on the tape", true, "0 hits", control),
        new TraceEvent.FaultChanged("drop", "b:B", true, "5 %"),
        new TraceEvent.Noted(null, "line\nbreak"),
        new TraceEvent.CallEnded(true, ""));
  }

  @Test
  void everyKindOfEventComesBackFromItsLine_TRACE_LINES() throws Exception {
    Set<Class<?>> kinds = new HashSet<>();
    for (TraceEvent event : events()) {
      kinds.add(event.getClass());
      TraceEntry entry = new TraceEntry(START.plusMillis(1234), 1234, event);
      String line = TraceJson.line(entry);
      assertThat(line)
          .doesNotContain("\n")
          .startsWith("{\"at\":\"2026-01-01T12:00:01.234Z\",\"ms\":1234,");
      assertThat(TraceJson.parse(line)).isEqualTo(entry);
    }
    assertThat(kinds).containsExactlyInAnyOrder(TraceEvent.class.getPermittedSubclasses());
  }

  @Test
  void aLineHasThisForm() {
    assertThat(TraceJson.line(new TraceEntry(START, 0, new TraceEvent.KeyOffered(KEY, "b:B"))))
        .isEqualTo(
            "{\"at\":\"2026-01-01T12:00:00Z\",\"ms\":0,\"event\":\"key_offered\",\"key\":{\"owner\":"
                + "\"a:A\",\"index\":7,\"generation\":2,\"fingerprint\":\""
                + KeyFingerprint.of(MATERIAL)
                + "\"},\"to\":\"b:B\"}");
  }

  @Test
  void filesComeBackAndEmptyLinesAreSkipped(@TempDir Path folder) throws Exception {
    List<TraceEntry> entries = new ArrayList<>();
    for (TraceEvent event : events()) {
      entries.add(new TraceEntry(START.plusMillis(entries.size()), entries.size(), event));
    }
    Trace trace = new Trace(entries);
    Path file = folder.resolve("trace.jsonl");
    TraceJson.write(file, trace);
    assertThat(TraceJson.read(file)).isEqualTo(trace);
  }

  @Test
  void damagedLinesGiveATypedError() {
    List<TraceEvent> events = events();
    AtomicInteger refused = new AtomicInteger();
    Cases.run(
        "trace line",
        1_000,
        50_000,
        (seed, random) -> {
          TraceEvent event = events.get(random.nextInt(events.size()));
          StringBuilder line = new StringBuilder(TraceJson.line(new TraceEntry(START, 0, event)));
          for (int i = random.nextInt(4); i >= 0; i--) {
            line.setCharAt(random.nextInt(line.length()), (char) (32 + random.nextInt(95)));
          }
          try {
            TraceJson.parse(line.substring(0, 1 + random.nextInt(line.length())));
          } catch (TraceFormatException e) {
            refused.incrementAndGet();
          }
        });
    assertThat(refused).hasPositiveValue();
    for (String bad :
        List.of(
            "",
            "[]",
            "{}",
            "null",
            "{\"at\":\"2026-01-01T12:00:00Z\",\"ms\":0}",
            "{\"at\":\"2026-01-01T12:00:00Z\",\"ms\":0,\"event\":\"unheard_of\"}")) {
      assertThatThrownBy(() -> TraceJson.parse(bad)).isInstanceOf(TraceFormatException.class);
    }
  }

  @Test
  void linesHaveABound() throws Exception {
    String line = TraceJson.line(new TraceEntry(START, 0, new TraceEvent.Noted(null, "x")));
    String longest = line + " ".repeat(TraceJson.MAX_LINE_CHARS - line.length());
    assertThat(TraceJson.parse(longest).event()).isEqualTo(new TraceEvent.Noted(null, "x"));
    assertThatThrownBy(() -> TraceJson.parse(longest + " "))
        .isInstanceOf(TraceFormatException.class);
  }

  @Test
  void keysAreOnlyThereAsFingerprints_TRACE_SECRET() {
    StringBuilder all = new StringBuilder();
    for (TraceEvent event : events()) {
      all.append(TraceJson.line(new TraceEntry(START, 0, event))).append(event);
    }
    SecretSearch search = SecretSearch.of(SecretSearch.encodingsOf("key", MATERIAL));
    assertThat(search.find(all.toString().getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(search.find(Arrays.copyOf(MATERIAL, 20))).isNotEmpty();
    assertThat(all).contains(KeyFingerprint.of(MATERIAL).hex());
    assertThatThrownBy(() -> new KeyFingerprint("00112233445566778899aabbccddeeff"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("00112233");
    assertThat(KeyFingerprint.of(MATERIAL)).isNotEqualTo(KeyFingerprint.of(new byte[16]));
  }

  @Test
  void theRecorderPutsTheTimeOnAndTellsListeners() {
    Instant[] now = {START};
    TraceRecorder recorder = new TraceRecorder(() -> now[0], START);
    StringWriter out = new StringWriter();
    recorder.listen(TraceJson.writing(out));
    recorder.record(new TraceEvent.Noted(null, "one"));
    now[0] = START.plusMillis(2500);
    recorder.record(new TraceEvent.Noted(null, "two"));
    recorder.add(new TraceEntry(START.plusMillis(100), 100, new TraceEvent.Noted(null, "other")));
    assertThat(recorder.trace().entries())
        .extracting(TraceEntry::ms)
        .containsExactly(0L, 100L, 2500L);
    assertThat(recorder.trace().lengthMs()).isEqualTo(2500);
    assertThat(recorder.trace().events(TraceEvent.KeyUsed.class)).isEmpty();
    assertThat(out.toString().lines()).hasSize(3);
    assertThat(recorder.lost()).isZero();
  }

  @Test
  void tracesOfSeveralProcessesMergeInOrderOfTime() {
    Trace one = new Trace(List.of(entry(5, "b"), entry(1, "a")));
    Trace two = new Trace(List.of(entry(3, "c"), entry(5, "d")));
    assertThat(one.mergedWith(two).events(TraceEvent.Noted.class))
        .extracting(TraceEvent.Noted::text)
        .containsExactly("a", "c", "b", "d");
  }

  private static TraceEntry entry(long ms, String text) {
    return new TraceEntry(START.plusMillis(ms), ms, new TraceEvent.Noted(null, text));
  }
}

package io.matrixrtc.testkit.viewer;

import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A made-up call of any length, with one expectation that fails in its middle. */
final class LongCall {
  static final String NEEDLE = "needle-in-the-stack";

  private LongCall() {}

  static Trace of(int events) {
    Instant start = Instant.parse("2026-01-01T12:00:00Z");
    List<TraceEvent> all = new ArrayList<>();
    int people = 6;
    for (int i = 0; i < people; i++) {
      all.add(
          new TraceEvent.ParticipantAdded(who(i), "@u" + i + ":x", "D" + i, "person" + i, false));
      all.add(new TraceEvent.PresenceChanged(who(i), Presence.JOINED, ""));
    }
    for (int n = 0; all.size() < events; n++) {
      KeyRef key = new KeyRef(who(n % people), n & 0xFF, 0, KeyFingerprint.of(bytes(n)));
      String to = who((n + 1) % people);
      all.add(new TraceEvent.KeyMade(key, "a member left"));
      all.add(new TraceEvent.KeyOffered(key, to));
      all.add(
          new TraceEvent.MessageSent(
              key.owner(), to, "m.key", "{\"index\":" + n + "}", "{\"ciphertext\":\"…\"}", "200"));
      all.add(new TraceEvent.KeyServed(key, to));
      all.add(new TraceEvent.KeyReceived(key, to));
      all.add(new TraceEvent.KeyUsed(key));
      if (n == events / 16) {
        all.add(new TraceEvent.Checked("E1", NEEDLE, false, "not <b>so</b> after 3 ms", null));
      }
    }
    List<TraceEntry> entries = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      entries.add(new TraceEntry(start.plusMillis(i * 7L), i * 7L, all.get(i)));
    }
    return new Trace(entries);
  }

  private static String who(int i) {
    return "@u" + i + ":x:D" + i;
  }

  private static byte[] bytes(int n) {
    return new byte[] {(byte) n, (byte) (n >> 8), (byte) (n >> 16), 1, 2, 3, 4, 5, 6, 7, 8, 9};
  }
}

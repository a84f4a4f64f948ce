package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceEvent.Control;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** A made-up call of six devices and forty seconds that looks like a real one. */
final class SyntheticCall {
  static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final String[][] PEOPLE = {
    {"@alice:example.org", "PHONE", "Alice (phone)"},
    {"@alice:example.org", "LAPTOP", "Alice (laptop)"},
    {"@bob:example.org", "DESK", "Bob"},
    {"@carol:example.org", "TABLET", "Carol"},
    {"@dave:example.org", "PHONE", "Dave"},
    {"@erin:example.org", "WEB", "Erin"},
  };

  private final SplittableRandom random = new SplittableRandom(11);
  private final List<TraceEntry> entries = new ArrayList<>();
  private final TreeSet<Integer> present = new TreeSet<>();
  private final Map<Integer, Integer> indexes = new HashMap<>();
  private final Map<Integer, KeyRef> current = new HashMap<>();

  private SyntheticCall() {}

  static Trace trace() {
    SyntheticCall call = new SyntheticCall();
    call.play();
    return new Trace(call.entries);
  }

  private void play() {
    at(0, new TraceEvent.CallStarted("Scripted call", "demand", "!demo:example.org", 42, 1, 6));
    for (String[] person : PEOPLE) {
      String who = person[0] + ":" + person[1];
      at(0, new TraceEvent.ParticipantAdded(who, person[0], person[1], person[2], false));
    }
    at(
        0,
        new TraceEvent.ParticipantAdded(
            "@mallory:example.org:TAP", "@mallory:example.org", "TAP", "Mallory", true));
    presence(200, 0, Presence.JOINED);
    presence(600, 2, Presence.JOINED);
    presence(1_100, 3, Presence.JOINED);
    rotate(1_600, 0, "first key");
    rotate(1_700, 2, "first key");
    rotate(1_750, 3, "first key");
    presence(5_000, 4, Presence.JOINED);
    rotate(5_500, 0, "Dave joined");
    rotate(5_560, 2, "Dave joined");
    rotate(5_610, 4, "first key");
    presence(10_000, 5, Presence.JOINED);
    at(9_000, new TraceEvent.FaultChanged("slow sync", who(3), true, "400 ms"));
    at(14_500, new TraceEvent.FaultChanged("slow sync", who(3), false, ""));
    at(30_000, new TraceEvent.FaultChanged("5 % of frames lost", who(0), true, "seed 7"));
    rotate(10_520, 5, "first key");
    presence(13_000, 4, Presence.MUTED);
    presence(18_000, 3, Presence.LEFT);
    rotate(18_530, 0, "Carol left");
    rotate(18_560, 2, "Carol left");
    rotate(18_610, 5, "Carol left");
    presence(22_000, 1, Presence.JOINED);
    presence(22_100, 1, Presence.MUTED);
    presence(26_000, 4, Presence.UNMUTED);
    rotate(26_050, 4, "Carol left while muted");
    presence(28_500, 3, Presence.REJOINED);
    rotate(29_000, 3, "first key after return");
    presence(33_000, 5, Presence.LOST);
    rotate(33_550, 0, "Erin was lost");
    rotate(33_580, 2, "Erin was lost");
    presence(36_000, 2, Presence.MUTED);
    counts();
    results();
    at(40_000, new TraceEvent.CallEnded(true, ""));
  }

  private void presence(long ms, int person, Presence change) {
    at(ms, new TraceEvent.PresenceChanged(who(person), change, ""));
    if (change == Presence.JOINED || change == Presence.REJOINED) {
      present.add(person);
      for (int other : new TreeSet<>(present)) {
        KeyRef key = current.get(other);
        if (other != person && key != null) {
          deliver(ms + 120 + random.nextInt(80), key, person, ms + 900);
        }
      }
    } else if (change == Presence.LEFT || change == Presence.LOST) {
      present.remove(person);
      current.remove(person);
    }
  }

  private void rotate(long ms, int person, String reason) {
    int index = indexes.merge(person, 1, (before, one) -> before + 1);
    index = index == 1 ? 30 + 37 * person : index;
    indexes.put(person, index);
    byte[] material = (person + "/" + index).getBytes(StandardCharsets.UTF_8);
    KeyRef key = new KeyRef(who(person), index, 0, KeyFingerprint.of(material));
    current.put(person, key);
    at(ms, new TraceEvent.KeyMade(key, reason));
    long used = ms + 1_050 + random.nextInt(120);
    at(used, new TraceEvent.KeyUsed(key));
    for (int other : present) {
      if (other != person) {
        deliver(ms + 10, key, other, used + 20);
      }
    }
  }

  private void deliver(long ms, KeyRef key, int to, long heard) {
    at(ms, new TraceEvent.KeyOffered(key, who(to)));
    if (key.index() == 67 + 38 && to == 4) {
      at(ms + 900, new TraceEvent.KeyNotServed(key, who(to), "429 three times, gave up"));
      return;
    }
    long served = ms + 40 + random.nextInt(140);
    at(served, new TraceEvent.KeyServed(key, who(to)));
    long received = served + 5 + random.nextInt(60) + (to == 3 && ms > 9_000 ? 400 : 0);
    at(received, new TraceEvent.KeyReceived(key, who(to)));
    at(
        Math.max(heard, received) + random.nextInt(60),
        new TraceEvent.FirstFrameHeard(who(to), key, TrackKind.AUDIO));
  }

  private void counts() {
    for (int sender = 0; sender < PEOPLE.length; sender++) {
      KeyRef key = current.get(sender);
      if (sender != 1) {
        at(
            39_500,
            new TraceEvent.FramesSent(
                who(sender), 700 + random.nextInt(1200), 400 + random.nextInt(180), sender * 3L));
      }
      for (int listener = 0; listener < PEOPLE.length; listener++) {
        if (listener != sender) {
          boolean silent = sender == 1;
          at(
              39_500,
              new TraceEvent.FramesHeard(
                  who(listener),
                  who(sender),
                  silent ? -1 : key == null ? 216 : key.index(),
                  silent ? 0 : 300 + random.nextInt(2200),
                  listener == 4 && sender == 2 ? 7 : 0,
                  listener == 3 && !silent ? random.nextInt(40) : 0));
        }
      }
    }
  }

  private void results() {
    Control opened =
        new Control("Carol's keys open the frames of her own time", true, "814 of 814");
    at(
        39_600,
        attack(
            "ATT-LEAVER",
            3,
            "Carol left and opens what was sent until she came back",
            "0 of 1 122 frames opened",
            opened));
    at(
        39_610,
        attack(
            "ATT-JOINER",
            5,
            "Erin opens what was sent before she joined",
            "0 of 903 frames opened",
            new Control("the same keys open what came after", true, "1 377 of 1 377")));
    at(
        39_620,
        attack(
            "ATT-POOL",
            3,
            "Carol and Erin pool all they ever got and open the rest",
            "0 of 640 frames opened",
            new Control("pooled keys open both their times", true, "2 191 of 2 191")));
    at(
        39_630,
        new TraceEvent.AttackTried(
            "ATT-TAPE",
            "@mallory:example.org:TAP",
            "Mallory searches the tape and the server's database for any of 15 keys",
            false,
            "0 hits in 4.1 MB",
            new Control("a key put there on purpose is found", true, "in 9 of 9 encodings")));
    at(
        39_640,
        attack(
            "ATT-FORGE",
            3,
            "Carol sends frames under Dave's key while he is muted",
            "0 of 50 frames accepted",
            new Control("Dave's own frames are accepted", true, "351 of 351")));
    at(
        39_700,
        new TraceEvent.Checked(
            "CHK-HEARD", "Everyone hears everyone who speaks", true, "19 of 19 pairs", null));
    at(
        39_710,
        new TraceEvent.Checked(
            "CHK-FILES",
            "A recording of the whole call is the clip, byte for byte",
            true,
            "4 of 4 files",
            new Control("one changed byte is noticed", true, "SHA-256 differs")));
    at(
        39_720,
        new TraceEvent.Checked(
            "CHK-LEAVE",
            "After a leave, nothing is sent under an old key for longer than 2 s",
            true,
            "longest 1.18 s",
            null));
    at(
        39_730,
        new TraceEvent.Checked(
            "CHK-DELIVERY",
            "Every key reaches every member",
            false,
            "1 of 58 not delivered: Bob \u2192 Dave, key 105, 429 three times",
            null));
    at(
        39_740,
        new TraceEvent.Checked(
            "CHK-IV",
            "No initialisation vector repeats under a key",
            true,
            "0 repeats in 7 312 frames",
            new Control("a repeated frame is noticed", true, "1 of 1")));
  }

  private TraceEvent attack(String id, int by, String attack, String detail, Control control) {
    return new TraceEvent.AttackTried(id, who(by), attack, false, detail, control);
  }

  private static String who(int person) {
    return PEOPLE[person][0] + ":" + PEOPLE[person][1];
  }

  private void at(long ms, TraceEvent event) {
    entries.add(new TraceEntry(START.plusMillis(ms), ms, event));
  }
}

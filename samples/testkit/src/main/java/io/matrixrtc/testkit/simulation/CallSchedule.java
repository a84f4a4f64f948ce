package io.matrixrtc.testkit.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Who comes, goes and speaks when: drawn once for a seed, the same for every policy. Members are
 * numbered; the settled ones first, then the joiners in the order of their joins. Times in
 * microseconds.
 *
 * @param settled how many members are there from the start
 * @param members how many members there ever are
 * @param events what happens, in order
 * @param endMicros when the last change has settled and counting ends
 */
public record CallSchedule(int settled, int members, List<Event> events, long endMicros) {
  static final long SECOND = 1_000_000;
  private static final long SPEAKER_CHANGE = 30 * SECOND;
  private static final long SETTLING = 10 * SECOND;

  /** One thing that happens. */
  public sealed interface Event {
    /** When, in microseconds. */
    long at();
  }

  /** {@code member} publishes its membership. */
  public record Join(long at, int member, boolean speaks) implements Event {}

  /** {@code member} ends its membership. */
  public record Leave(long at, int member) implements Event {}

  /** {@code member} begins to speak. */
  public record Speak(long at, int member) implements Event {}

  /** {@code member} mutes itself. */
  public record Mute(long at, int member) implements Event {}

  public CallSchedule {
    events = List.copyOf(events);
  }

  /** Draws a schedule. */
  public static CallSchedule draw(SimulationPreset preset, long seed) {
    return new Drawing(preset, new SplittableRandom(seed)).draw();
  }

  private static final class Drawing {
    private final SimulationPreset preset;
    private final SplittableRandom random;
    private final List<Integer> silent = new ArrayList<>();
    private final List<Integer> speaking = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private int members;

    private enum Kind {
      JOIN,
      LEAVE,
      SPEAKER
    }

    private record Moment(long at, Kind kind) {}

    Drawing(SimulationPreset preset, SplittableRandom random) {
      this.preset = preset;
      this.random = random;
    }

    CallSchedule draw() {
      long end = preset.seconds() * SECOND;
      List<Moment> moments = new ArrayList<>();
      for (int i = 0; i < preset.joins(); i++) {
        moments.add(new Moment(random.nextLong(end), Kind.JOIN));
      }
      for (int i = 0; i < preset.leaves(); i++) {
        moments.add(new Moment(random.nextLong(end), Kind.LEAVE));
      }
      for (long at = SPEAKER_CHANGE; at < end; at += SPEAKER_CHANGE) {
        moments.add(new Moment(at, Kind.SPEAKER));
      }
      moments.sort(Comparator.comparingLong(Moment::at));
      for (; members < preset.settled(); members++) {
        silent.add(members);
      }
      for (int i = 0; i < preset.speakers() && !silent.isEmpty(); i++) {
        int speaker = silent.remove(0);
        speaking.add(speaker);
        events.add(new Speak(-SECOND, speaker));
      }
      moments.forEach(this::happen);
      return new CallSchedule(preset.settled(), members, events, end + SETTLING);
    }

    private void happen(Moment moment) {
      switch (moment.kind()) {
        case JOIN -> {
          events.add(new Join(moment.at(), members, preset.joinersSpeak()));
          if (!preset.joinersSpeak()) {
            silent.add(members);
          }
          members++;
        }
        case LEAVE -> {
          if (!silent.isEmpty()) {
            events.add(new Leave(moment.at(), silent.remove(random.nextInt(silent.size()))));
          }
        }
        case SPEAKER -> {
          // In a lecture nobody takes over from the one speaker.
          if (speaking.size() > 1 && !silent.isEmpty()) {
            int from = speaking.remove(random.nextInt(speaking.size()));
            int to = silent.remove(random.nextInt(silent.size()));
            events.add(new Mute(moment.at(), from));
            events.add(new Speak(moment.at(), to));
            silent.add(from);
            speaking.add(to);
          }
        }
      }
    }
  }
}

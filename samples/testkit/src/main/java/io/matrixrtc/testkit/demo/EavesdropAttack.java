package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.attack.FrameBreaker;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ForkJoinPool;

/**
 * Somebody with the relay's whole tape and every key it ever held tries to open what was sent while
 * it was no member.
 */
final class EavesdropAttack {
  private final Evidence evidence;

  EavesdropAttack(Evidence evidence) {
    this.evidence = evidence;
  }

  /** How many frames were tried and how many opened. */
  record Yield(long tried, long opened) {}

  /**
   * What a leaver could hear.
   *
   * @param afterSwitch frames of each sender from its first frame under a new key on, until the
   *     leaver was back
   * @param before frames of others while it was a member: the control
   * @param exposureMs for each sender, wall time from the leave to its last frame that opens
   * @param notSwitched senders that sent no frame under a new key while it was away
   */
  record LeaverYield(Yield afterSwitch, Yield before, List<Long> exposureMs, int notSwitched) {}

  /** What a late joiner could hear: frames from before its join, and the control, after it. */
  record JoinerYield(Yield before, Yield after) {}

  /** Tries to open what was recorded before {@code name} joined. */
  JoinerYield joiner(String name) {
    String self = evidence.identity(name);
    Instant joined = presence(self, Presence.JOINED).orElseThrow();
    FrameBreaker breaker = new FrameBreaker(evidence.materialsOf(name));
    List<RelayedFrame> others = framesOfOthers(self, evidence.tape().frames());
    return new JoinerYield(
        tryAll(breaker, others.stream().filter(f -> f.receivedAt().isBefore(joined)).toList()),
        tryAll(breaker, others.stream().filter(f -> !f.receivedAt().isBefore(joined)).toList()));
  }

  /**
   * Tries to open what {@code name} heard at the relay while it was away, with what it held at its
   * leave.
   */
  LeaverYield leaver(String name) {
    return away(name, evidence.materialsAtLeave(), evidence.tapped());
  }

  /** Tries the relay's tape of that time with what {@code name} was given after its return, too. */
  LeaverYield returner(String name) {
    return away(name, evidence.materialsOf(name), evidence.tape().frames());
  }

  private LeaverYield away(String name, List<byte[]> materials, List<RelayedFrame> heard) {
    String self = evidence.identity(name);
    Instant left = presence(self, Presence.LEFT).orElseThrow();
    Instant back = presence(self, Presence.REJOINED).orElse(Instant.MAX);
    FrameBreaker breaker = new FrameBreaker(materials);
    Map<String, List<RelayedFrame>> away = new HashMap<>();
    List<RelayedFrame> before =
        framesOfOthers(self, evidence.tape().frames()).stream()
            .filter(frame -> frame.receivedAt().isBefore(left))
            .toList();
    for (RelayedFrame frame : framesOfOthers(self, heard)) {
      if (!frame.receivedAt().isBefore(left) && frame.receivedAt().isBefore(back)) {
        away.computeIfAbsent(frame.sender(), sender -> new ArrayList<>()).add(frame);
      }
    }
    long tried = 0;
    long opened = 0;
    int notSwitched = 0;
    List<Long> exposure = new ArrayList<>();
    for (Map.Entry<String, List<RelayedFrame>> entry : away.entrySet()) {
      OptionalInt newIndex = firstNewIndex(entry.getKey(), left, back);
      boolean switched = false;
      Instant last = left;
      List<RelayedFrame> frames = entry.getValue();
      List<Boolean> opening = opening(breaker, frames);
      for (int i = 0; i < frames.size(); i++) {
        RelayedFrame frame = frames.get(i);
        boolean opens = opening.get(i);
        if (opens) {
          last = frame.receivedAt();
        }
        switched |= newIndex.isPresent() && keyIndexOf(frame) == newIndex.getAsInt();
        if (switched) {
          tried++;
          opened += opens ? 1 : 0;
        }
      }
      notSwitched += switched ? 0 : 1;
      exposure.add(evidence.wall(Duration.between(left, last)).toMillis());
    }
    return new LeaverYield(
        new Yield(tried, opened), tryAll(breaker, before), exposure, notSwitched);
  }

  /**
   * The index of the first key that the sender made because of the leave. A key that it made before
   * it knew of the leave, and used after, was rightly given to the leaver: that is exposure.
   */
  private OptionalInt firstNewIndex(String sender, Instant from, Instant until) {
    return evidence.trace().entries().stream()
        .filter(entry -> entry.at().isAfter(from) && entry.at().isBefore(until))
        .map(TraceEntry::event)
        .filter(TraceEvent.KeyMade.class::isInstance)
        .map(TraceEvent.KeyMade.class::cast)
        .filter(made -> made.reason().equals(KeyTraces.MEMBER_LEFT))
        .map(TraceEvent.KeyMade::key)
        .filter(key -> key.owner().equals(sender))
        .mapToInt(KeyRef::index)
        .findFirst();
  }

  /** The key index that the frame's last byte names. */
  private static int keyIndexOf(RelayedFrame frame) {
    byte[] payload = frame.frame().copyPayload();
    return payload[payload.length - 1] & 0xFF;
  }

  private Optional<Instant> presence(String identity, Presence change) {
    return evidence.trace().entries().stream()
        .filter(
            entry ->
                entry.event() instanceof TraceEvent.PresenceChanged presence
                    && presence.who().equals(identity)
                    && presence.change() == change)
        .map(TraceEntry::at)
        .findFirst();
  }

  private static List<RelayedFrame> framesOfOthers(String self, List<RelayedFrame> frames) {
    return frames.stream()
        .filter(frame -> !frame.sender().equals(self))
        .sorted(Comparator.comparing(RelayedFrame::globalSequence))
        .toList();
  }

  private static Yield tryAll(FrameBreaker breaker, List<RelayedFrame> frames) {
    return new Yield(
        frames.size(), opening(breaker, frames).stream().filter(Boolean::booleanValue).count());
  }

  /** Whether each of the frames opens. On threads of its own: their stacks are flat. */
  private static List<Boolean> opening(FrameBreaker breaker, List<RelayedFrame> frames) {
    ForkJoinPool pool = new ForkJoinPool();
    try {
      return pool.submit(() -> frames.parallelStream().map(frame -> opens(breaker, frame)).toList())
          .join();
    } finally {
      pool.shutdown();
    }
  }

  private static boolean opens(FrameBreaker breaker, RelayedFrame frame) {
    FrameHeader header = frame.frame().header();
    int clear = header.kind() == TrackKind.AUDIO ? 1 : header.keyFrame() ? 10 : 3;
    return breaker.opens(frame.frame().copyPayload(), clear);
  }
}

package io.matrixrtc.testkit.simulation;

import io.matrixrtc.testkit.simulation.PolicyResult.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at a call that was played: who could read and forge what, and who heard whom when. A device
 * that was given generation g of a key knows every later one, and the frame key of g−1.
 */
final class Evaluation {
  /** A receiver drops older keys so long after the first frame under a newer one (KEY-RETIRE). */
  private static final long RETIRE = 10 * CallSchedule.SECOND;

  /** How many generations on from its key a receiver walks. */
  private static final int WINDOW = 10;

  private static final int FRAME_MILLIS = 20;

  private final List<SimulatedMember> members;
  private final NetworkModel network;
  private final CallSchedule schedule;
  private final CallSimulation.Receivers receivers;
  private final Measures measures;

  Evaluation(
      List<SimulatedMember> members,
      NetworkModel network,
      CallSchedule schedule,
      CallSimulation.Receivers receivers,
      Measures measures) {
    this.members = members;
    this.network = network;
    this.schedule = schedule;
    this.receivers = receivers;
    this.measures = measures;
  }

  PolicyResult result(String policy) {
    long joins = schedule.events().stream().filter(CallSchedule.Join.class::isInstance).count();
    long leaves = schedule.events().stream().filter(CallSchedule.Leave.class::isInstance).count();
    long[] lost = lost();
    return new PolicyResult(
        policy,
        measures.messages(),
        joins == 0 ? 0 : (double) measures.forJoins() / joins,
        leaves == 0 ? 0 : (double) measures.forLeaves() / leaves,
        Spread.ofMicros(joinToHear()),
        framesBeforeJoin(),
        Spread.ofMicros(exposureAfterLeave()),
        Spread.ofMicros(forgeableAfterLeave()),
        Spread.ofMicros(measures.heldUnmutes()),
        measures.heldUnmutes().size(),
        lost[0] * FRAME_MILLIS,
        lost[0],
        lost[1],
        measures.perSecond(schedule.endMicros()));
  }

  private List<Long> joinToHear() {
    List<Long> waits = new ArrayList<>();
    for (Map.Entry<Integer, Set<Integer>> join : measures.speakersAtJoin().entrySet()) {
      SimulatedMember joiner = members.get(join.getKey());
      for (int speaker : join.getValue()) {
        long heard = firstHeard(joiner, members.get(speaker));
        if (heard < Math.min(joiner.leftAt, SimulatedMember.NEVER)) {
          waits.add(heard - joiner.joinedAt);
        }
      }
    }
    return waits;
  }

  private long firstHeard(SimulatedMember joiner, SimulatedMember speaker) {
    long first = SimulatedMember.NEVER;
    for (SentKey key : speaker.keysWithFrames) {
      if (key.lastFrame() < joiner.joinedAt || key.firstFrame() > first) {
        continue;
      }
      for (SentKey.Message message : key.messages()) {
        if (message.to().contains(joiner.member)) {
          long frame = key.firstDecryptable(message.generation(), arrival(key, message, joiner));
          first = frame == SentKey.NONE ? first : Math.min(first, frame);
        }
      }
    }
    return first;
  }

  private long arrival(SentKey key, SentKey.Message message, SimulatedMember receiver) {
    return message.confirmedAt() + network.messageDelay(key.sender, key.number, receiver.id);
  }

  private long framesBeforeJoin() {
    long frames = 0;
    for (int joiner : measures.speakersAtJoin().keySet()) {
      SimulatedMember member = members.get(joiner);
      for (SimulatedMember sender : members) {
        for (SentKey key : sender.keysWithFrames) {
          int base = key.firstFrame() < member.joinedAt ? key.base(member.member) : SentKey.NONE;
          if (base != SentKey.NONE) {
            frames += key.readableBefore(base, member.joinedAt);
          }
        }
      }
    }
    return frames;
  }

  private List<Long> exposureAfterLeave() {
    List<Long> exposures = new ArrayList<>();
    for (SimulatedMember leaver : leavers()) {
      long last = leaver.leftAt;
      for (SimulatedMember sender : members) {
        for (SentKey key : sender.keysWithFrames) {
          boolean later = sender != leaver && key.lastFrame() > last;
          int base = later ? key.base(leaver.member) : SentKey.NONE;
          if (base != SentKey.NONE) {
            last = Math.max(last, key.lastReadable(base));
          }
        }
      }
      exposures.add(last - leaver.leftAt);
    }
    return exposures;
  }

  /**
   * A key that was given to the leaver is believed until its sender has left, or ten seconds after
   * the first frame under a newer one.
   */
  private List<Long> forgeableAfterLeave() {
    List<Long> times = new ArrayList<>();
    for (SimulatedMember leaver : leavers()) {
      long last = leaver.leftAt;
      for (SimulatedMember sender : members) {
        int given = measures.lastGiven(sender.id, leaver.id);
        if (given >= 0 && sender != leaver) {
          long until = Math.min(sender.leftAt, schedule.endMicros());
          for (SentKey key : sender.keysWithFrames) {
            if (key.number > given) {
              until = Math.min(until, key.firstFrame() + RETIRE);
            }
          }
          last = Math.max(last, until);
        }
      }
      times.add(last - leaver.leftAt);
    }
    return times;
  }

  /** Frames lost: beyond what a receiver follows, and before their key came. */
  private long[] lost() {
    int follows = receivers == CallSimulation.Receivers.WALK ? WINDOW : 1;
    long deaf = 0;
    long early = 0;
    for (SimulatedMember sender : members) {
      for (SentKey key : sender.keysWithFrames) {
        for (SentKey.Message message : key.messages()) {
          for (io.matrixrtc.keys.CallMember to : message.to()) {
            SimulatedMember receiver = members.get(SimulatedMember.idOf(to));
            long arrived = arrival(key, message, receiver);
            long from = Math.max(receiver.joinedAt, 0);
            deaf +=
                key.framesFrom(
                    message.generation() + follows + 1, Math.max(from, arrived), receiver.leftAt);
            if (message.generation() == 0 && message.confirmedAt() <= key.firstFrame()) {
              early += key.framesBetween(from, Math.min(arrived, receiver.leftAt));
            }
          }
        }
      }
    }
    return new long[] {deaf, early};
  }

  private List<SimulatedMember> leavers() {
    return members.stream().filter(member -> member.leftAt < schedule.endMicros()).toList();
  }
}

package io.matrixrtc.testkit.simulation;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.RotationPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One call under one policy, from the settled members' start to the end. Times in microseconds. */
public final class CallSimulation {
  /** Long enough for the settled members to serve each other within the background budget. */
  private static final long SETTLING = 600 * CallSchedule.SECOND;

  private final CallSchedule schedule;
  private final Receivers receivers;
  private final NetworkModel network;
  private final EventQueue queue = new EventQueue();
  private final List<SimulatedMember> members = new ArrayList<>();
  private final Set<CallMember> inCall = new LinkedHashSet<>();
  private final Measures measures;
  private int changes;

  /** How everybody's media layer follows a ratchet. */
  public enum Receivers {
    /** Tries every generation of the window. */
    WALK,
    /** livekit-client: one step at most, and back to the key it was given on every publication. */
    JS
  }

  private CallSimulation(
      RotationPolicy policy, CallSchedule schedule, Receivers receivers, boolean told, long seed) {
    this.schedule = schedule;
    this.receivers = receivers;
    this.network = new NetworkModel(seed);
    this.measures = new Measures(schedule.members());
    Set<DeviceAddress> walkers = new HashSet<>();
    for (int id = 0; id < schedule.members(); id++) {
      members.add(new SimulatedMember(id, this, policy, seed));
      walkers.add(members.get(id).member.device());
    }
    queue.at(-SETTLING, () -> settle(told ? walkers : Set.of()));
    for (CallSchedule.Event event : schedule.events()) {
      queue.at(event.at(), () -> happen(event, told ? walkers : Set.of()));
      if (event instanceof CallSchedule.Leave leave) {
        measures.leaver(leave.member(), members.get(leave.member()).member);
      }
    }
  }

  /** Plays a whole call. The same arguments give the same result. */
  public static PolicyResult run(
      RotationPolicy policy, CallSchedule schedule, Receivers receivers, long seed) {
    return run(policy, schedule, receivers, receivers == Receivers.WALK, seed);
  }

  /**
   * As {@link #run(RotationPolicy, CallSchedule, Receivers, long)}.
   *
   * @param told whether the members are told that every receiver walks, whatever it does
   */
  static PolicyResult run(
      RotationPolicy policy, CallSchedule schedule, Receivers receivers, boolean told, long seed) {
    CallSimulation call = new CallSimulation(policy, schedule, receivers, told, seed);
    call.queue.run(schedule.endMicros());
    call.members.forEach(SimulatedMember::end);
    return new Evaluation(call.members, call.network, schedule, receivers, call.measures)
        .result(policy.name());
  }

  long now() {
    return queue.now();
  }

  void at(long micros, Runnable task) {
    queue.at(micros, task);
  }

  NetworkModel network() {
    return network;
  }

  Measures measures() {
    return measures;
  }

  Receivers receivers() {
    return receivers;
  }

  boolean isOver() {
    return now() >= schedule.endMicros();
  }

  /** Before counting begins; nothing fails. */
  boolean isSettling() {
    return now() < 0;
  }

  /**
   * The settled members begin alone, each with a key, and are let in by each other: so all keys are
   * served at the start whatever the policy.
   */
  private void settle(Set<DeviceAddress> walkers) {
    List<SimulatedMember> settled = members.subList(0, schedule.settled());
    for (SimulatedMember member : settled) {
      member.joinedAt = now();
      member.startedAt = now();
      inCall.add(member.member);
      member.walkers(walkers);
      member.members(List.of(), List.of());
    }
    for (SimulatedMember member : settled) {
      member.members(others(member), List.of());
    }
  }

  private void happen(CallSchedule.Event event, Set<DeviceAddress> walkers) {
    SimulatedMember member =
        event instanceof CallSchedule.Join join
            ? members.get(join.member())
            : members.get(memberOf(event));
    if (event instanceof CallSchedule.Join join) {
      join(member, join.speaks(), walkers);
    } else if (event instanceof CallSchedule.Leave) {
      member.leftAt = now();
      inCall.remove(member.member);
      member.leave();
      spread(List.of(), List.of(member.member));
    } else if (event instanceof CallSchedule.Speak) {
      member.speak();
    } else {
      member.mute();
    }
  }

  private static int memberOf(CallSchedule.Event event) {
    if (event instanceof CallSchedule.Leave leave) {
      return leave.member();
    } else if (event instanceof CallSchedule.Speak speak) {
      return speak.member();
    } else if (event instanceof CallSchedule.Mute mute) {
      return mute.member();
    }
    throw new IllegalStateException("unknown event");
  }

  private void join(SimulatedMember member, boolean speaks, Set<DeviceAddress> walkers) {
    member.joinedAt = now();
    measures.joined(member.id, speakers(member));
    inCall.add(member.member);
    int change = spread(List.of(member.member), List.of());
    at(
        now() + network.membershipDelay(change, member.id),
        () -> {
          member.startedAt = now();
          if (member.leftAt <= now()) {
            return;
          }
          member.walkers(walkers);
          member.members(others(member), List.of());
          if (speaks) {
            member.speak();
          }
        });
  }

  private Set<Integer> speakers(SimulatedMember but) {
    Set<Integer> speakers = new HashSet<>();
    for (SimulatedMember member : members) {
      if (member.isSpeaking() && member != but) {
        speakers.add(member.id);
      }
    }
    return speakers;
  }

  /** Lets everyone learn of a change; returns its number. */
  private int spread(List<CallMember> joined, List<CallMember> left) {
    int change = changes++;
    long happened = now();
    for (SimulatedMember member : members) {
      boolean own = joined.contains(member.member) || left.contains(member.member);
      if (own || member.joinedAt > happened || member.leftAt <= happened) {
        continue;
      }
      long learned =
          Math.max(happened + network.membershipDelay(change, member.id), member.syncedAt);
      member.syncedAt = learned;
      at(learned, () -> learn(member, happened, joined, left));
    }
    return change;
  }

  private void learn(
      SimulatedMember member, long happened, List<CallMember> joined, List<CallMember> left) {
    if (member.leftAt <= now()) {
      return;
    }
    if (member.startedAt == SimulatedMember.NEVER || happened < member.startedAt) {
      return; // the list it starts with holds it
    }
    member.members(joined, left);
  }

  private Set<CallMember> others(SimulatedMember member) {
    Set<CallMember> others = new LinkedHashSet<>(inCall);
    others.remove(member.member);
    return others;
  }
}

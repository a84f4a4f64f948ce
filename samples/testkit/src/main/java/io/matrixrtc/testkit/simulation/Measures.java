package io.matrixrtc.testkit.simulation;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.RotationPlan.Cause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is counted while a call is played. Times in microseconds. */
final class Measures {
  /** How the plot divides the time. */
  static final long SLICE = CallSchedule.SECOND;

  private long messages;
  private long forJoins;
  private long forLeaves;
  private long[] slices = new long[0];
  private final List<Long> heldUnmutes = new ArrayList<>();
  private final Map<Integer, Set<Integer>> speakersAtJoin = new LinkedHashMap<>();

  /** By sender and receiver: the number of the last key that was given, plus one. */
  private final int[][] lastGiven;

  /** Whose keys are counted: what those who stay were given is of no interest. */
  private final Map<CallMember, Integer> leavers = new HashMap<>();

  Measures(int members) {
    lastGiven = new int[members][members];
  }

  /** A member that will leave. */
  void leaver(int id, CallMember member) {
    leavers.put(member, id);
  }

  void sent(long at, int recipients, Cause cause) {
    if (at < 0) {
      return;
    }
    messages += recipients;
    if (cause == Cause.MEMBER_LEFT) {
      forLeaves += recipients;
    } else if (cause == Cause.MEMBER_JOINED || cause == Cause.FIRST_KEY) {
      forJoins += recipients;
    }
    int slice = (int) (at / SLICE);
    if (slice >= slices.length) {
      slices = Arrays.copyOf(slices, Math.max(slice + 1, 2 * slices.length));
    }
    slices[slice] += recipients;
  }

  void given(int sender, int key, Set<CallMember> to) {
    int[] given = lastGiven[sender];
    if (to.size() < leavers.size()) {
      for (CallMember member : to) {
        Integer leaver = leavers.get(member);
        if (leaver != null) {
          given[leaver] = Math.max(given[leaver], key + 1);
        }
      }
    } else {
      leavers.forEach(
          (member, leaver) -> {
            if (given[leaver] <= key && to.contains(member)) {
              given[leaver] = key + 1;
            }
          });
    }
  }

  /** The number of the newest key that {@code sender} gave a leaver, or -1. */
  int lastGiven(int sender, int receiver) {
    return lastGiven[sender][receiver] - 1;
  }

  void unmuted(boolean held, long at, long firstFrame) {
    if (held && at >= 0) {
      heldUnmutes.add(firstFrame - at);
    }
  }

  void joined(int member, Set<Integer> speakers) {
    speakersAtJoin.put(member, speakers);
  }

  long messages() {
    return messages;
  }

  long forJoins() {
    return forJoins;
  }

  long forLeaves() {
    return forLeaves;
  }

  List<Long> heldUnmutes() {
    return heldUnmutes;
  }

  Map<Integer, Set<Integer>> speakersAtJoin() {
    return speakersAtJoin;
  }

  /** Messages in each second up to {@code end}. */
  List<Long> perSecond(long end) {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < end / SLICE; i++) {
      seconds.add(i < slices.length ? slices[i] : 0);
    }
    return seconds;
  }
}

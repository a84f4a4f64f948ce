package io.matrixrtc.testkit.simulation;

import java.util.List;

/**
 * What one policy cost, and what it protected, in one call. A message is one recipient device.
 *
 * @param policy its name
 * @param toDeviceMessages messages from the start of counting on
 * @param perJoin messages that joins caused, for each join
 * @param perLeave messages that leaves caused, for each leave
 * @param joinToHearMs from a join to the first frame that the joiner can decrypt of each speaker
 * @param exposureBeforeJoinFrames frames from before their joins that joiners can read, all told
 * @param exposureAfterLeaveMs for each leaver, how long frames are sent that it can read
 * @param forgeableAfterLeaveMs for each leaver, how long somebody takes a frame that it forges
 * @param unmuteDelayMs for each unmute that was held, until its first frame
 * @param heldUnmutes how many were
 * @param deafReceiverMs how long receivers had a key and could not decrypt, after ratchet steps
 * @param framesLostAtSteps the frames of that time
 * @param framesLostAtRotations frames that reached a receiver before their key, by more than none
 * @param messagesPerSecond messages in each second
 */
public record PolicyResult(
    String policy,
    long toDeviceMessages,
    double perJoin,
    double perLeave,
    Spread joinToHearMs,
    long exposureBeforeJoinFrames,
    Spread exposureAfterLeaveMs,
    Spread forgeableAfterLeaveMs,
    Spread unmuteDelayMs,
    int heldUnmutes,
    long deafReceiverMs,
    long framesLostAtSteps,
    long framesLostAtRotations,
    List<Long> messagesPerSecond) {

  public PolicyResult {
    messagesPerSecond = List.copyOf(messagesPerSecond);
  }

  /** Median and 99th percentile (nearest rank) of a number of values; zeros if there are none. */
  public record Spread(long p50, long p99) {
    static Spread ofMicros(List<Long> micros) {
      List<Long> sorted = micros.stream().sorted().toList();
      return sorted.isEmpty()
          ? new Spread(0, 0)
          : new Spread(rank(sorted, 0.5) / 1_000, rank(sorted, 0.99) / 1_000);
    }

    private static long rank(List<Long> sorted, double share) {
      return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
  }
}

package io.matrixrtc.keys;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What key distribution cost so far, and how long it took. Immutable.
 *
 * @param settle from when a member was learned of to its first key here
 * @param confirm from an own key's offer to its confirmation
 * @param hold how long own media was held for a key to be delivered
 * @param rotations own keys made
 * @param arrivals others' keys that came into use, and how old they were
 * @param sends what offers cost, by the size of the call: keys are powers of two, and each holds
 *     the offers to more than half as many recipients, up to as many
 */
public record KeyStatistics(
    DurationHistogram settle,
    DurationHistogram confirm,
    DurationHistogram hold,
    long rotations,
    Arrivals arrivals,
    Map<Integer, SendCost> sends) {
  /** Nothing happened yet. */
  public static final KeyStatistics NONE =
      new KeyStatistics(
          DurationHistogram.EMPTY,
          DurationHistogram.EMPTY,
          DurationHistogram.EMPTY,
          0,
          Arrivals.NONE,
          Map.of());

  /** Larger calls count as this large. */
  static final int LARGEST = 1 << 16;

  public KeyStatistics {
    sends = Map.copyOf(sends);
  }

  /**
   * Offers of keys to about as many recipients each.
   *
   * @param offers how many
   * @param messages for how many recipients together: what grows with the square of the call
   * @param failed how many of these were not served
   * @param took from handing them to the transport to its answers, together: encryption and sending
   */
  public record SendCost(long offers, long messages, long failed, Duration took) {
    SendCost plus(SendCost other) {
      return new SendCost(
          offers + other.offers,
          messages + other.messages,
          failed + other.failed,
          took.plus(other.took));
    }
  }

  /**
   * Keys of others that came into use.
   *
   * @param keys how many
   * @param dated how many of these told when they were sent, or taken by the server
   * @param totalAge of the dated ones, together: what upstream's statistics call the total age
   */
  public record Arrivals(long keys, long dated, Duration totalAge) {
    /** None yet. */
    public static final Arrivals NONE = new Arrivals(0, 0, Duration.ZERO);

    Arrivals with(Optional<Duration> age) {
      return new Arrivals(
          keys + 1, dated + (age.isPresent() ? 1 : 0), totalAge.plus(age.orElse(Duration.ZERO)));
    }
  }

  /** This, after an event. */
  public KeyStatistics after(KeyEvent event) {
    if (event instanceof KeyEvent.OfferAnswered answered) {
      Map<Integer, SendCost> more = new TreeMap<>(sends);
      int failed = answered.recipients() - answered.served();
      more.merge(
          size(answered.recipients()),
          new SendCost(1, answered.recipients(), failed, answered.took()),
          SendCost::plus);
      return new KeyStatistics(
          settle, confirm.with(answered.took()), hold, rotations, arrivals, more);
    } else if (event instanceof KeyEvent.RemoteKeyReceived received) {
      DurationHistogram settled = received.isFirst() ? settle.with(received.after()) : settle;
      return new KeyStatistics(
          settled, confirm, hold, rotations, arrivals.with(received.age()), sends);
    } else if (event instanceof KeyEvent.HoldEnded ended) {
      return new KeyStatistics(
          settle, confirm, hold.with(ended.took()), rotations, arrivals, sends);
    } else if (event instanceof KeyEvent.RotationStarted) {
      return new KeyStatistics(settle, confirm, hold, rotations + 1, arrivals, sends);
    }
    return this;
  }

  private static int size(int recipients) {
    int size = 1;
    while (size < recipients && size < LARGEST) {
      size <<= 1;
    }
    return size;
  }
}

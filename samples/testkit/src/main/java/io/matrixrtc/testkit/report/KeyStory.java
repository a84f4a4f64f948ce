package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.KeyRef;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What became of one key. Times are milliseconds since the call's start; null means never.
 *
 * @param number counts the keys of the call from 1
 * @param usedUntilMs when its owner went over to another key, left, or the call ended
 */
record KeyStory(
    int number,
    KeyRef key,
    long madeMs,
    String reason,
    @Nullable Long usedFromMs,
    long usedUntilMs,
    List<Delivery> deliveries) {

  /** The way of the key to one device. */
  record Delivery(
      String to,
      @Nullable Long offeredMs,
      @Nullable Long servedMs,
      @Nullable Long receivedMs,
      @Nullable Long heardMs,
      @Nullable Long failedMs,
      @Nullable String failure) {

    /** When it arrived, as well as we know. */
    @Nullable Long arrivedMs() {
      return receivedMs != null ? receivedMs : servedMs;
    }
  }

  long served() {
    return count(delivery -> delivery.servedMs() != null);
  }

  long heard() {
    return count(delivery -> delivery.heardMs() != null);
  }

  long failed() {
    return count(delivery -> delivery.failure() != null);
  }

  private long count(Predicate<Delivery> which) {
    return deliveries.stream().filter(which).count();
  }

  /** The key's index, with its generation where it was ratcheted: {@code 138} or {@code 138+2}. */
  String name() {
    return key.index() + (key.generation() == 0 ? "" : "+" + key.generation());
  }

  /** When the bar of this key begins. */
  long shownFromMs() {
    return Objects.requireNonNullElse(usedFromMs, madeMs);
  }
}

package io.matrixrtc.widget.drivers;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Transaction ids that this device never used before. Any thread may call. */
final class TransactionIds {
  private final String prefix;
  private final AtomicLong last = new AtomicLong();

  TransactionIds(RandomGenerator random) {
    this.prefix = "w" + Long.toHexString(random.nextLong()) + ".";
  }

  String next() {
    return prefix + last.incrementAndGet();
  }
}

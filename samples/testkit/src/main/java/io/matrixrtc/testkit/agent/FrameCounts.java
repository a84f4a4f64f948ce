package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.FrameStatus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many frames of one sender were decrypted, and what became of the others. Thread-safe. */
public final class FrameCounts {
  private final AtomicLong decrypted = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong differing = new AtomicLong();
  private final AtomicLongArray lost = new AtomicLongArray(FrameStatus.values().length);
  private final AtomicInteger lastIndex = new AtomicInteger(-1);

  void decrypted(int keyIndex) {
    decrypted.incrementAndGet();
    lastIndex.set(keyIndex);
  }

  void waited() {
    late.incrementAndGet();
  }

  void lost(FrameStatus status) {
    lost.incrementAndGet(status.ordinal());
  }

  void differed() {
    differing.incrementAndGet();
  }

  /** Frames decrypted, and so authentic. */
  public long decrypted() {
    return decrypted.get();
  }

  /** Decrypted frames that had to wait for their key. */
  public long late() {
    return late.get();
  }

  /** Decrypted frames that differ from the source frame of their number. */
  public long differing() {
    return differing.get();
  }

  /** Frames that could not be decrypted, for whatever reason. */
  public long undecryptable() {
    long sum = 0;
    for (int i = 0; i < lost.length(); i++) {
      sum += lost.get(i);
    }
    return sum;
  }

  /** Frames that ended with one status. */
  public long lostWith(FrameStatus status) {
    return lost.get(status.ordinal());
  }

  /** The index of the key that opened the last decrypted frame; -1 before there was one. */
  public int lastKeyIndex() {
    return lastIndex.get();
  }
}

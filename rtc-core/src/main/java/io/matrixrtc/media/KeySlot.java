package io.matrixrtc.media;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One key in a ring, with the generations that its receiver may meet: the installed one, the one
 * before for a while, and those ahead, derived once when first tried and then kept.
 *
 * <p>Reading the installed generation takes no lock; trials and changes do.
 */
final class KeySlot {
  static final long NEVER = Long.MAX_VALUE;

  /** How long the generation before is still tried (KEY-R3), in milliseconds. */
  static final long OVERLAP_MILLIS = 2_000;

  private final int index;
  private final long order;
  private final KeyMaterial base;
  private final FrameNumbers frameNumbers;
  private final byte[] salt;
  private final int keyBits;
  private final ArrayDeque<Generation> ahead = new ArrayDeque<>();
  private volatile Generation installed;
  private @Nullable Generation previous;
  private long previousUntilMillis;
  private int derivations;
  private boolean destroyed;
  private volatile boolean authenticated;
  private volatile long retireAtMillis = NEVER;
  private volatile long firstUsedMillis = NEVER;

  KeySlot(
      int index,
      long order,
      KeyMaterial material,
      FrameNumbers frameNumbers,
      byte[] salt,
      int keyBits) {
    this.index = index;
    this.order = order;
    this.base = material.copy();
    this.frameNumbers = frameNumbers;
    this.salt = salt;
    this.keyBits = keyBits;
    this.installed = Generation.first(material, salt, keyBits);
  }

  int index() {
    return index;
  }

  /** Grows with every key put into the ring: the newer key has the higher order. */
  long order() {
    return order;
  }

  /** The material as it was put, generation 0. */
  KeyMaterial base() {
    return base;
  }

  FrameNumbers frameNumbers() {
    return frameNumbers;
  }

  Generation installed() {
    return installed;
  }

  /** The generation before the installed one, while it is still to be tried. */
  synchronized @Nullable Generation previous(long nowMillis) {
    Generation generation = previous;
    if (generation != null && nowMillis >= previousUntilMillis) {
      generation.destroy();
      previous = null;
      return null;
    }
    return generation;
  }

  /**
   * The generation {@code number}, derived if need be; null if that is behind the installed one.
   * Callers keep {@code number} within their window.
   */
  synchronized @Nullable Generation ahead(int number) {
    if (destroyed || number < installed.number()) {
      return null;
    }
    if (number == installed.number()) {
      return installed;
    }
    Generation last = ahead.isEmpty() ? installed : ahead.getLast();
    while (last.number() < number) {
      last = last.next(salt, keyBits);
      derivations++;
      ahead.addLast(last);
    }
    for (Generation generation : ahead) {
      if (generation.number() == number) {
        return generation;
      }
    }
    throw new IllegalStateException("generations ahead are contiguous");
  }

  /**
   * Installs a generation ahead; the one that was installed is kept for {@link #OVERLAP_MILLIS}.
   *
   * @return whether it was ahead
   */
  synchronized boolean install(int number, long nowMillis) {
    Generation next = ahead(number);
    if (next == null || next == installed) {
      return false;
    }
    while (ahead.getFirst() != next) {
      ahead.removeFirst().destroy();
    }
    ahead.removeFirst();
    if (previous != null) {
      previous.destroy();
    }
    previous = installed;
    previousUntilMillis = nowMillis + OVERLAP_MILLIS;
    installed = next;
    return true;
  }

  /** How many generations were derived since the key was put: what trials have cost. */
  synchronized int derivations() {
    return derivations;
  }

  boolean isAuthenticated() {
    return authenticated;
  }

  void markAuthenticated() {
    authenticated = true;
  }

  /** When the slot is to be dropped, or {@link #NEVER}. */
  long retireAtMillis() {
    return retireAtMillis;
  }

  synchronized void retireAt(long millis) {
    retireAtMillis = Math.min(retireAtMillis, millis);
  }

  /** When the first frame was encrypted with it, or {@link #NEVER}. */
  long firstUsedMillis() {
    return firstUsedMillis;
  }

  synchronized void markUsed(long nowMillis) {
    firstUsedMillis = Math.min(firstUsedMillis, nowMillis);
  }

  synchronized void destroy() {
    destroyed = true;
    base.destroy();
    installed.destroy();
    if (previous != null) {
      previous.destroy();
      previous = null;
    }
    ahead.forEach(Generation::destroy);
    ahead.clear();
  }
}

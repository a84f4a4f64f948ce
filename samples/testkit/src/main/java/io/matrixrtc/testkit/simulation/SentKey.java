package io.matrixrtc.testkit.simulation;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.media.MediaKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One key of a simulated sender: who was sent it, and the frames that it encrypted. */
final class SentKey {
  static final int NONE = -1;

  final int sender;

  /** Counts the keys of the sender; unlike the index it never comes round. */
  final int number;

  private final List<Message> messages = new ArrayList<>();
  private final List<Integer> firstFrames = new ArrayList<>(List.of(0));
  private long[] frames = new long[0];
  private int count;
  private boolean sent;
  private @Nullable MediaKey material;

  /**
   * A message that reached the homeserver.
   *
   * @param to its recipients
   * @param generation the generation of the material in it
   * @param confirmedAt when it was there
   */
  record Message(Set<CallMember> to, int generation, long confirmedAt) {}

  SentKey(int sender, int number) {
    this.sender = sender;
    this.number = number;
  }

  /** Whether nobody was sent it. */
  boolean isNew() {
    return !sent;
  }

  /** Frames are encrypted with it from now on. */
  void used(MediaKey key) {
    material = key;
  }

  /** The generation of {@code given}: the current one, or the one that is offered ahead. */
  int generationOf(MediaKey given) {
    sent = true;
    if (material == null) {
      material = given;
    }
    return material == given ? generation() : generation() + 2;
  }

  /** Encrypts with the generation two on; its material is what was offered ahead. */
  void advance(MediaKey next) {
    material = next;
    firstFrames.add(count); // nothing under the odd one
    firstFrames.add(count);
  }

  int generation() {
    return firstFrames.size() - 1;
  }

  void confirmed(Message message) {
    messages.add(message);
  }

  void frame(long at) {
    if (count == frames.length) {
      frames = Arrays.copyOf(frames, Math.max(64, 2 * count));
    }
    frames[count++] = at;
  }

  boolean hasFrames() {
    return count > 0;
  }

  List<Message> messages() {
    return messages;
  }

  /** The earliest generation that the device was ever sent, or {@link #NONE}. */
  int base(CallMember receiver) {
    int base = NONE;
    for (Message message : messages) {
      if ((base == NONE || message.generation < base) && message.to.contains(receiver)) {
        base = message.generation;
      }
    }
    return base;
  }

  /**
   * The frames before {@code until} that who was given generation {@code base} can read: those of
   * the generation before too, since its frame key is the first half of the material.
   */
  long readableBefore(int base, long until) {
    return base - 1 > generation()
        ? 0
        : Math.max(0, countBefore(until) - firstFrames.get(Math.max(0, base - 1)));
  }

  /** The last frame that who was given {@code base} can read; {@link Long#MIN_VALUE} if none. */
  long lastReadable(int base) {
    return base - 1 <= generation() && count > firstFrames.get(Math.max(0, base - 1))
        ? frames[count - 1]
        : Long.MIN_VALUE;
  }

  /** The first frame at or after {@code from} of generation {@code base} or later, or -1. */
  long firstDecryptable(int base, long from) {
    if (base > generation()) {
      return NONE;
    }
    int at = Math.max(countBefore(from), firstFrames.get(base));
    return at < count ? frames[at] : NONE;
  }

  long firstFrame() {
    return frames[0];
  }

  long lastFrame() {
    return frames[count - 1];
  }

  /** How many frames were sent from {@code from} on and before {@code until}. */
  long framesBetween(long from, long until) {
    return Math.max(0, countBefore(until) - countBefore(from));
  }

  /** How many frames of generation {@code first} and later were sent in a time. */
  long framesFrom(int first, long from, long until) {
    if (first > generation()) {
      return 0;
    }
    return Math.max(0, countBefore(until) - Math.max(countBefore(from), firstFrames.get(first)));
  }

  private int countBefore(long at) {
    int found = Arrays.binarySearch(frames, 0, count, at);
    return found < 0 ? -found - 1 : found;
  }
}

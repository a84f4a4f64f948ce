package io.matrixrtc.widget.bridge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One end of a relay that survives a lost connection: numbers what goes out and keeps it until it
 * is acknowledged, and tells what comes in twice (RELAY-ONCE). Confined to one thread.
 */
final class RelayBuffer {
  private final int maxFrames;
  private final long maxChars;
  private final Deque<Numbered> unacknowledged = new ArrayDeque<>();
  private long chars;
  private long lastSent;
  private long lastReceived;

  /** A payload with its number, from 1 on. */
  record Numbered(long number, String payload) {}

  /** What an incoming number means. */
  enum Incoming {
    /** The next one. */
    NEW,
    /** Seen before: to be ignored. */
    REPEATED,
    /** Something before it is missing: the peer is broken. */
    GAP
  }

  /** Bounds of what is kept (RELAY-BOUND). */
  RelayBuffer(int maxFrames, long maxChars) {
    this.maxFrames = maxFrames;
    this.maxChars = maxChars;
  }

  /** Whether there is room for one more of this length. */
  boolean hasRoomFor(String payload) {
    return unacknowledged.size() < maxFrames && chars + payload.length() <= maxChars;
  }

  /** Numbers and keeps a payload. */
  Numbered add(String payload) {
    Numbered frame = new Numbered(++lastSent, payload);
    unacknowledged.add(frame);
    chars += payload.length();
    return frame;
  }

  /** The peer has everything up to this number; whether that can be. */
  boolean acknowledge(long number) {
    if (number < 0 || number > lastSent) {
      return false;
    }
    while (!unacknowledged.isEmpty() && unacknowledged.element().number <= number) {
      chars -= unacknowledged.remove().payload.length();
    }
    return true;
  }

  /** What the peer does not have yet, in order. */
  List<Numbered> unacknowledged() {
    return new ArrayList<>(unacknowledged);
  }

  Incoming receive(long number) {
    if (number <= lastReceived) {
      return Incoming.REPEATED;
    }
    if (number != lastReceived + 1) {
      return Incoming.GAP;
    }
    lastReceived = number;
    return Incoming.NEW;
  }

  long lastReceived() {
    return lastReceived;
  }
}

package io.matrixrtc.widget.relay;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One end of a relay that survives a lost connection: numbers what goes out and keeps it until it
 * is acknowledged, tells what comes in twice (RELAY-ONCE), and knows what the peer must be told of
 * that. Confined to one thread.
 *
 * <p>RELAY-ACK: a frame that goes out anyway says how far the other way has come ({@code ack}). A
 * frame for that alone ({@code t: ack}, with the number as {@code n}) is sent at once when {@link
 * #MAX_OWED_FRAMES} or {@link #MAX_OWED_CHARS} have come in, else after {@link #ACK_DELAY}.
 */
public final class RelayBuffer {
  /** So many frames wait to be acknowledged at most. */
  public static final int MAX_OWED_FRAMES = 64;

  /** Or so many characters. */
  public static final int MAX_OWED_CHARS = 64 << 10;

  /** How long an acknowledgement waits for a frame that takes it along. */
  public static final Duration ACK_DELAY = Duration.ofMillis(100);

  private final int maxFrames;
  private final long maxChars;
  private final Deque<Numbered> unacknowledged = new ArrayDeque<>();
  private long chars;
  private long lastSent;
  private long lastReceived;
  private int owedFrames;
  private long owedChars;

  /** A payload with its number, from 1 on. */
  public record Numbered(long number, String payload) {
    /** Without the payload, which may hold keys. */
    @Override
    public String toString() {
      return "Numbered[" + number + ", " + payload.length() + " chars]";
    }
  }

  /** What an incoming number means. */
  public enum Incoming {
    /** The next one. */
    NEW,
    /** Seen before: to be ignored. */
    REPEATED,
    /** Something before it is missing: the peer is broken. */
    GAP
  }

  /** Bounds of what is kept (RELAY-BOUND). */
  public RelayBuffer(int maxFrames, long maxChars) {
    this.maxFrames = maxFrames;
    this.maxChars = maxChars;
  }

  /** Whether there is room for one more of this length. */
  public boolean hasRoomFor(String payload) {
    return unacknowledged.size() < maxFrames && payload.length() <= maxChars - chars;
  }

  /** Numbers and keeps a payload: the text of a JSON object with members. */
  public Numbered add(String payload) {
    Numbered frame = new Numbered(++lastSent, payload);
    unacknowledged.add(frame);
    chars += payload.length();
    return frame;
  }

  /** The frame as it is sent now: the payload, its number, and what has come in. */
  public String text(Numbered frame) {
    return "{\"n\":"
        + frame.number
        + ",\"ack\":"
        + tellReceived()
        + ","
        + frame.payload.substring(1);
  }

  /** The peer has everything up to this number; whether that can be. */
  public boolean acknowledge(long number) {
    if (number < 0 || number > lastSent) {
      return false;
    }
    while (!unacknowledged.isEmpty() && unacknowledged.element().number <= number) {
      chars -= unacknowledged.remove().payload.length();
    }
    return true;
  }

  /** What the peer does not have yet, in order. */
  public List<Numbered> unacknowledged() {
    return new ArrayList<>(unacknowledged);
  }

  /** A frame of this number and length came in. */
  public Incoming receive(long number, int length) {
    if (number > lastReceived + 1) {
      return Incoming.GAP;
    }
    owedFrames++;
    owedChars += length;
    if (number <= lastReceived) {
      return Incoming.REPEATED;
    }
    lastReceived = number;
    return Incoming.NEW;
  }

  /** Whether something came in of which the peer was not told. */
  public boolean owesAcknowledgement() {
    return owedFrames > 0;
  }

  /** Whether that is so much that it must be told at once. */
  public boolean owesAcknowledgementNow() {
    return owedFrames >= MAX_OWED_FRAMES || owedChars >= MAX_OWED_CHARS;
  }

  /** The frame that says what has come in, and nothing else. */
  public String acknowledgement() {
    return "{\"t\":\"ack\",\"n\":" + tellReceived() + "}";
  }

  /** The last number that came in, for a frame that goes out now. */
  public long tellReceived() {
    owedFrames = 0;
    owedChars = 0;
    return lastReceived;
  }
}

package io.matrixrtc.testkit.relay;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a relay saw: every frame, byte for byte, and who was connected when. Safe for many
 * threads; each query answers for the moment it is asked.
 */
public final class Tape {
  /** Default bound of what is kept, in bytes. */
  public static final long DEFAULT_MAX_BYTES = 512L << 20;

  private final long maxBytes;
  private final List<RelayedFrame> frames = new ArrayList<>();
  private final List<ConnectionSpan> connections = new ArrayList<>();
  private long bytes;
  private long notKept;

  /**
   * The time that somebody was connected.
   *
   * @param until null while the connection lasts
   * @param reason null while the connection lasts
   */
  public record ConnectionSpan(
      String identity,
      boolean tap,
      Instant since,
      @Nullable Instant until,
      @Nullable CloseReason reason) {

    /** Whether it was there at that instant; the end does not count. */
    public boolean covers(Instant at) {
      Instant end = until;
      return !at.isBefore(since) && (end == null || at.isBefore(end));
    }
  }

  /** Something that was looked for and found. */
  public record Hit(RelayedFrame frame, SecretSearch.Match match) {}

  Tape(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void record(RelayedFrame frame) {
    int length = frame.frame().wire().length;
    if (bytes + length > maxBytes) {
      notKept++;
      return;
    }
    bytes += length;
    frames.add(frame);
  }

  synchronized int connected(String identity, boolean tap, Instant since) {
    connections.add(new ConnectionSpan(identity, tap, since, null, null));
    return connections.size() - 1;
  }

  synchronized void disconnected(int span, Instant until, CloseReason reason) {
    ConnectionSpan open = connections.get(span);
    connections.set(
        span, new ConnectionSpan(open.identity(), open.tap(), open.since(), until, reason));
  }

  /** All frames in the order the relay received them. */
  public synchronized List<RelayedFrame> frames() {
    return List.copyOf(frames);
  }

  /** All frames of one sender. */
  public synchronized List<RelayedFrame> framesBy(String sender) {
    return frames.stream().filter(frame -> frame.sender().equals(sender)).toList();
  }

  /** All frames that were received from {@code from} on and before {@code until}. */
  public synchronized List<RelayedFrame> framesBetween(Instant from, Instant until) {
    return frames.stream()
        .filter(frame -> !frame.receivedAt().isBefore(from) && frame.receivedAt().isBefore(until))
        .toList();
  }

  /** All connections in the order they were made, taps included. */
  public synchronized List<ConnectionSpan> connections() {
    return List.copyOf(connections);
  }

  /** The members (not taps) that were connected at an instant. */
  public synchronized Set<String> connectedAt(Instant at) {
    Set<String> identities = new TreeSet<>();
    for (ConnectionSpan span : connections) {
      if (!span.tap() && span.covers(at)) {
        identities.add(span.identity());
      }
    }
    return identities;
  }

  /** Bytes kept, headers included. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Frames that were forwarded but not kept, since the tape was full; else 0. */
  public synchronized long notKept() {
    return notKept;
  }

  /** Writes all frames to a file, each as it was forwarded; {@link #framesIn} reads them again. */
  public void save(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (RelayedFrame frame : frames()) {
        out.write(RelayCodec.encode(new RelayMessage.Forward(frame)));
      }
    }
  }

  /**
   * The frames of a saved tape.
   *
   * @throws RelayProtocolException if the file is not a whole tape
   */
  public static List<RelayedFrame> framesIn(Path file) throws IOException, RelayProtocolException {
    List<RelayedFrame> frames = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      RelayMessage message;
      while ((message = RelayCodec.read(in)) != null) {
        if (!(message instanceof RelayMessage.Forward forward)) {
          throw new RelayProtocolException("a tape holds forwarded frames only");
        }
        frames.add(forward.frame());
      }
    }
    return List.copyOf(frames);
  }

  /**
   * Looks for byte strings in every frame, header included. For a claim that something is
   * <em>not</em> on the tape, {@link #notKept} must be 0 and a control must be found.
   */
  public List<Hit> search(Collection<SecretSearch.Needle> needles) {
    SecretSearch search = SecretSearch.of(needles);
    List<Hit> hits = new ArrayList<>();
    for (RelayedFrame frame : frames()) {
      for (SecretSearch.Match match : search.find(frame.frame().wire())) {
        hits.add(new Hit(frame, match));
      }
    }
    return List.copyOf(hits);
  }
}

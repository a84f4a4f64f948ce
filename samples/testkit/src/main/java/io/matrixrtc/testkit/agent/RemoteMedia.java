package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.RelayedFrame;
import java.time.Duration;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One sender's media as a participant receives it: key ring, decryptors, recordings. Frames come on
 * the relay's reading thread, keys on the session's. Frames that come before their key wait for it
 * a moment.
 */
final class RemoteMedia implements AutoCloseable {
  private final String sender;
  private final ClipPair clips;
  private KeyRing ring;
  private final MediaClock clock;
  private final Duration maxAge;
  private final MediaObserver observer;
  private final Map<TrackKind, Track> tracks = new EnumMap<>(TrackKind.class);
  private final BitSet heardIndexes = new BitSet();
  private final FrameCounts counts = new FrameCounts();
  private @Nullable FrameStatus lastLoss;

  RemoteMedia(
      String sender, ClipPair clips, KeyRing ring, MediaClock clock, MediaObserver observer) {
    this.sender = sender;
    this.clips = clips;
    this.ring = ring;
    this.clock = clock;
    this.maxAge = inCallTime(HeldFrames.MAX_AGE, clock.speed());
    this.observer = observer;
    for (TrackKind kind : TrackKind.values()) {
      tracks.put(kind, new Track(clips.of(kind)));
    }
  }

  /** What the sender plays on a track. */
  Clip clip(TrackKind kind) {
    return clips.of(kind);
  }

  private static Duration inCallTime(Duration wall, double speed) {
    return Duration.ofNanos(Math.round(wall.toNanos() * speed));
  }

  /** Sets a key, and opens the frames that waited for it. */
  synchronized void onKey(KeyIndex index, MediaKey key) {
    ring.put(index, key);
    ring.resume();
    tracks.values().forEach(Track::retry);
  }

  /** The sender is no member any more. */
  synchronized void onLeft() {
    ring.suspend();
    tracks.values().forEach(track -> track.held.clear());
  }

  /** Wipes the sender's keys: the call was left. A new join begins with an empty ring. */
  synchronized void forgetKeys(KeyRing fresh) {
    tracks.values().forEach(track -> track.held.clear());
    ring.close();
    ring = fresh;
    tracks.values().forEach(Track::useRing);
    heardIndexes.clear();
  }

  /** A key replaces the one at this index, if there was one: its first frame is news again. */
  synchronized void onKeyReplaced(int index) {
    heardIndexes.clear(index);
  }

  /** Frames still waiting for a key count as lost once they have waited too long. */
  synchronized FrameCounts counts() {
    tracks.values().forEach(track -> track.held.expire(clock.instant()));
    return counts;
  }

  synchronized void onFrame(RelayedFrame relayed) {
    TrackKind kind = relayed.frame().header().kind();
    Track track = tracks.get(kind);
    if (track == null) {
      throw new IllegalStateException("no track of kind " + kind);
    }
    track.receive(relayed);
  }

  /** What was heard, as a file; empty if nothing decodable was. */
  synchronized Optional<byte[]> recording(TrackKind kind) {
    Track track = tracks.get(kind);
    return track == null ? Optional.empty() : track.recording.toFile();
  }

  /** Whether one pass of the clip was heard from the first frame to the last. */
  synchronized boolean isComplete(TrackKind kind) {
    Track track = tracks.get(kind);
    return track != null && track.recording.isComplete();
  }

  @Override
  public synchronized void close() {
    ring.close();
  }

  private final class Track {
    private final TrackRecording recording;
    private final HeldFrames held = new HeldFrames(frame -> lost(FrameStatus.NO_KEY));
    private FrameDecryptor decryptor = new FrameDecryptor(ring);
    private byte[] buffer = new byte[4096];

    Track(Clip clip) {
      recording = new TrackRecording(clip);
    }

    void useRing() {
      decryptor = new FrameDecryptor(ring);
    }

    void receive(RelayedFrame relayed) {
      FrameStatus status = decrypt(relayed);
      if (status == FrameStatus.NO_KEY) {
        held.hold(relayed, clock.instant(), maxAge);
      } else if (status == FrameStatus.OK) {
        held.clear(); // overtaken
        opened(relayed.frame().header());
      } else {
        lost(status);
      }
    }

    /** Opens what a new key opens. */
    void retry() {
      held.expire(clock.instant());
      held.retry(
          relayed -> {
            boolean opens = decrypt(relayed) == FrameStatus.OK;
            if (opens) {
              counts.waited();
              opened(relayed.frame().header());
            }
            return opens;
          });
    }

    private FrameStatus decrypt(RelayedFrame relayed) {
      FrameHeader header = relayed.frame().header();
      byte[] frame = relayed.frame().copyPayload();
      if (buffer.length < frame.length) {
        buffer = new byte[frame.length];
      }
      FrameType type = header.keyFrame() ? FrameType.KEY : FrameType.DELTA;
      return decryptor.decrypt(
          MediaSender.codecOf(header.kind()), type, frame, 0, frame.length, buffer, 0);
    }

    private void lost(FrameStatus status) {
      counts.lost(status);
      if (status != lastLoss) {
        lastLoss = status;
        observer.onFrameLost(sender, status);
      }
    }

    private void opened(FrameHeader header) {
      lastLoss = null;
      int index = decryptor.keyIndex();
      counts.decrypted(index);
      if (!heardIndexes.get(index)) {
        heardIndexes.set(index);
        observer.onFirstFrameHeard(sender, index, header.kind());
      }
      if (!recording.add(header.sequence(), buffer, decryptor.outputLength())) {
        counts.differed();
        observer.onFrameDiffers(sender, header.kind(), header.sequence());
      }
    }
  }
}

package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.RelayedFrame;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One sender's media as a participant receives it: key ring, decryptors, recordings. Frames come on
 * the relay's reading thread, keys on the session's.
 */
final class RemoteMedia implements AutoCloseable {
  private final String sender;
  private KeyRing ring;
  private final MediaObserver observer;
  private final Map<TrackKind, Track> tracks = new EnumMap<>(TrackKind.class);
  private final BitSet heardIndexes = new BitSet();
  private final FrameCounts counts = new FrameCounts();
  private @Nullable FrameStatus lastLoss;

  RemoteMedia(String sender, ClipPair clips, KeyRing ring, MediaObserver observer) {
    this.sender = sender;
    this.ring = ring;
    this.observer = observer;
    for (TrackKind kind : TrackKind.values()) {
      tracks.put(kind, new Track(clips.of(kind)));
    }
  }

  synchronized KeyRing ring() {
    return ring;
  }

  /** Wipes the sender's keys: the call was left. A new join begins with an empty ring. */
  synchronized void forgetKeys(KeyRing fresh) {
    ring.close();
    ring = fresh;
    tracks.values().forEach(Track::useRing);
    heardIndexes.clear();
  }

  /** A key replaces the one at this index, if there was one: its first frame is news again. */
  synchronized void onKeyReplaced(int index) {
    heardIndexes.clear(index);
  }

  FrameCounts counts() {
    return counts;
  }

  synchronized void onFrame(RelayedFrame relayed) {
    FrameHeader header = relayed.frame().header();
    Track track = tracks.get(header.kind());
    if (track == null) {
      throw new IllegalStateException("no track of kind " + header.kind());
    }
    track.receive(header, relayed.frame().copyPayload());
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
    private FrameDecryptor decryptor = new FrameDecryptor(ring);
    private byte[] buffer = new byte[4096];

    Track(Clip clip) {
      recording = new TrackRecording(clip);
    }

    void useRing() {
      decryptor = new FrameDecryptor(ring);
    }

    void receive(FrameHeader header, byte[] frame) {
      if (buffer.length < frame.length) {
        buffer = new byte[frame.length];
      }
      FrameType type = header.keyFrame() ? FrameType.KEY : FrameType.DELTA;
      FrameStatus status =
          decryptor.decrypt(
              MediaSender.codecOf(header.kind()), type, frame, 0, frame.length, buffer, 0);
      if (status != FrameStatus.OK) {
        counts.lost(status);
        if (status != lastLoss) {
          lastLoss = status;
          observer.onFrameLost(sender, status);
        }
        return;
      }
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

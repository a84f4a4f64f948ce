package io.matrixrtc.testkit.agent;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.media.Playback;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.PublishedFrame;
import io.matrixrtc.testkit.relay.RelayLine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a participant's two clips, encrypts their frames and publishes them. A frame that cannot be
 * encrypted is not sent; one that is held back stops its clip until it may go out, as an app stops
 * an encoder. Frames are encrypted on the media clock's thread; the other methods may be called
 * from any thread.
 */
final class MediaSender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MediaSender.class);

  /** How often a frame that is held back is tried, in media time. */
  private static final Duration WHILE_HELD = Duration.ofMillis(20);

  private final KeyRing ring;
  private final RelayLine relay;
  private final MediaObserver observer;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong unsendable = new AtomicLong();
  private final List<Playback> playbacks = new ArrayList<>();
  private final BitSet announcedIndexes = new BitSet();

  MediaSender(KeyRing ring, RelayLine relay, MediaObserver observer) {
    this.ring = ring;
    this.relay = relay;
    this.observer = observer;
  }

  /** Plays both clips in a loop from a media time on. */
  void start(MediaClock clock, Duration from, ClipPair clips) {
    for (Clip clip : List.of(clips.audio(), clips.video())) {
      Track track = new Track(clip);
      playbacks.add(track.play(clock, from));
    }
  }

  void mute() {
    playbacks.forEach(Playback::pause);
  }

  void unmute() {
    playbacks.forEach(Playback::resume);
  }

  /** Frames published so far. */
  long sent() {
    return sent.get();
  }

  /** How many times a frame was held back until a key is delivered. */
  long held() {
    return held.get();
  }

  /** Frames that were due and not sent, for want of a key. */
  long unsendable() {
    return unsendable.get();
  }

  @Override
  public void close() {
    playbacks.forEach(Playback::close);
  }

  /** The clip's kind as the codec that frame encryption knows. */
  static Codec codecOf(TrackKind kind) {
    return kind == TrackKind.AUDIO ? Codec.AUDIO : Codec.VP8;
  }

  private final class Track {
    private final Clip clip;
    private final FrameEncryptor encryptor = new FrameEncryptor(ring);
    private byte[] buffer = new byte[4096];
    private @Nullable Playback playback;

    Track(Clip clip) {
      this.clip = clip;
    }

    synchronized Playback play(MediaClock clock, Duration from) {
      Playback begun = clock.play(clip, from, this::send);
      playback = begun;
      return begun;
    }

    synchronized void send(Playback.PlayedFrame played) {
      byte[] frame = played.frame().copyBytes();
      Codec codec = codecOf(clip.kind());
      int room = FrameEncryptor.maxOutputBytes(codec, frame.length);
      if (buffer.length < room) {
        buffer = new byte[room];
      }
      FrameType type = played.frame().keyFrame() ? FrameType.KEY : FrameType.DELTA;
      FrameStatus status = encryptor.encrypt(codec, type, frame, 0, frame.length, buffer, 0);
      if (status == FrameStatus.HELD && playback != null) {
        held.incrementAndGet();
        playback.repeat(WHILE_HELD);
        return;
      }
      if (status != FrameStatus.OK) {
        unsendable.incrementAndGet();
        return;
      }
      FrameHeader header =
          new FrameHeader(
              clip.kind(),
              clip.codec(),
              played.sequence(),
              rtpTimestamp(played.due()),
              clip.kind().ordinal() + 1L,
              played.frame().keyFrame(),
              played.due());
      try {
        relay.publish(PublishedFrame.of(header, Arrays.copyOf(buffer, encryptor.outputLength())));
      } catch (IOException e) {
        log.debug("frame not published, the relay connection ended: {}", e.getMessage());
        unsendable.incrementAndGet();
        return;
      }
      sent.incrementAndGet();
      announce(encryptor.keyIndex());
    }

    private void announce(int index) {
      boolean first;
      synchronized (announcedIndexes) {
        first = !announcedIndexes.get(index);
        announcedIndexes.set(index);
      }
      if (first) {
        observer.onFirstFrameSent(index, clip.kind());
      }
    }

    private long rtpTimestamp(Duration due) {
      long hertz = clip.kind() == TrackKind.AUDIO ? 48_000 : 90_000;
      return due.toNanos() / 1_000 * hertz / 1_000_000 & 0xFFFF_FFFFL;
    }
  }
}

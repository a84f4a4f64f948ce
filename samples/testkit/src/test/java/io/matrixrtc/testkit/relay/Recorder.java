package io.matrixrtc.testkit.relay;

import io.matrixrtc.testkit.media.TrackKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps all it hears. */
final class Recorder implements RelayListener {
  final List<RelayedFrame> frames = new CopyOnWriteArrayList<>();
  final List<String> news = new CopyOnWriteArrayList<>();
  final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

  @Override
  public void onFrame(RelayedFrame frame) {
    frames.add(frame);
  }

  @Override
  public void onJoined(String identity) {
    news.add("+" + identity);
  }

  @Override
  public void onLeft(String identity) {
    news.add("-" + identity);
  }

  @Override
  public void onClosed(CloseReason reason) {
    closed.complete(reason);
  }

  List<Long> sequences() {
    return frames.stream().map(frame -> frame.frame().header().sequence()).toList();
  }

  static PublishedFrame frame(long sequence) {
    return frame(sequence, ("encrypted " + sequence).getBytes(StandardCharsets.US_ASCII));
  }

  static PublishedFrame frame(long sequence, byte[] payload) {
    Duration time = Duration.ofMillis(20 * sequence);
    FrameHeader header =
        new FrameHeader(
            TrackKind.AUDIO,
            "opus",
            sequence,
            TrackKind.AUDIO.rtpTimestamp(0xFFFF_FF00L, time),
            0x8000_0001L,
            true,
            time);
    return PublishedFrame.of(header, payload);
  }
}

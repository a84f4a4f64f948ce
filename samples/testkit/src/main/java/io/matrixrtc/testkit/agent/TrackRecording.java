package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.EncodedFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was heard of one track, for a file: the longest single pass through the clip. Also the judge
 * of each decrypted frame: it must equal the clip's frame of the same number. Confined to one
 * thread at a time.
 */
final class TrackRecording {
  private final Clip clip;
  private List<EncodedFrame> longest = List.of();
  private List<EncodedFrame> current = new ArrayList<>();
  private long currentPass = -1;
  private long lastSequence = -1;

  TrackRecording(Clip clip) {
    this.clip = clip;
  }

  /**
   * Takes a decrypted frame.
   *
   * @param sequence the sender's count of frames on this track
   * @return whether it equals the source frame byte for byte
   */
  boolean add(long sequence, byte[] buffer, int length) {
    int count = clip.frames().size();
    EncodedFrame source = clip.frames().get((int) (sequence % count));
    byte[] bytes = Arrays.copyOf(buffer, length);
    if (!Arrays.equals(bytes, source.copyBytes())) {
      return false;
    }
    long pass = sequence / count;
    if (pass != currentPass || sequence <= lastSequence) {
      keepLongest();
      current = new ArrayList<>();
      currentPass = pass;
    }
    lastSequence = sequence;
    if (!current.isEmpty() || source.keyFrame()) {
      current.add(EncodedFrame.of(source.number(), source.mediaTime(), source.keyFrame(), bytes));
    }
    return true;
  }

  /** Whether one pass was heard from the first frame to the last. */
  boolean isComplete() {
    keepLongest();
    return longest.size() == clip.frames().size();
  }

  /** The file, byte-identical to the clip's if it was heard completely; empty if nothing was. */
  Optional<byte[]> toFile() {
    keepLongest();
    List<EncodedFrame> decodable = clip.layout().decodable(longest);
    return decodable.isEmpty() ? Optional.empty() : Optional.of(clip.layout().write(longest));
  }

  private void keepLongest() {
    if (current.size() > longest.size()) {
      longest = List.copyOf(current);
    }
  }
}

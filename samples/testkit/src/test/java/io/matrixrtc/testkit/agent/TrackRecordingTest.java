package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.media.Clip;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrackRecordingTest {
  @ParameterizedTest
  @EnumSource(Clip.BuiltIn.class)
  void aPassHeardWholeGivesTheClipsFile_RECORDING_SAME(Clip.BuiltIn builtIn) {
    Clip clip = builtIn.load();
    TrackRecording recording = new TrackRecording(clip);
    play(recording, clip, 0, clip.frames().size() - 1);
    assertThat(recording.isComplete()).isFalse();
    play(recording, clip, clip.frames().size() - 1, clip.frames().size());
    assertThat(recording.isComplete()).isTrue();
    assertThat(recording.toFile()).hasValue(clip.toFile());
  }

  @ParameterizedTest
  @EnumSource(Clip.BuiltIn.class)
  void aLaterPassMayBeTheWholeOneAndAShorterOneDoesNotReplaceIt_RECORDING_SAME(
      Clip.BuiltIn builtIn) {
    Clip clip = builtIn.load();
    int count = clip.frames().size();
    TrackRecording recording = new TrackRecording(clip);
    play(recording, clip, count / 2, 2 * count + count / 3);
    assertThat(recording.isComplete()).isTrue();
    assertThat(recording.toFile()).hasValue(clip.toFile());
  }

  @ParameterizedTest
  @EnumSource(Clip.BuiltIn.class)
  void aGapMakesThePassIncompleteAndTheFileStaysReadable_RECORDING_GAP(Clip.BuiltIn builtIn)
      throws Exception {
    Clip clip = builtIn.load();
    int count = clip.frames().size();
    TrackRecording recording = new TrackRecording(clip);
    play(recording, clip, 0, 10);
    play(recording, clip, 11, count);
    assertThat(recording.isComplete()).isFalse();
    byte[] file = recording.toFile().orElseThrow();
    assertThat(file).isNotEqualTo(clip.toFile());
    Set<String> source = bytesOf(clip);
    assertThat(bytesOf(Clip.read("heard", file)))
        .isNotEmpty()
        .hasSizeLessThan(source.size())
        .isSubsetOf(source);
  }

  @ParameterizedTest
  @EnumSource(Clip.BuiltIn.class)
  void aFrameThatIsNotTheSourcesIsFlaggedAndNotRecorded_RECORDING_DIFFERS(Clip.BuiltIn builtIn) {
    Clip clip = builtIn.load();
    TrackRecording recording = new TrackRecording(clip);
    byte[] frame = clip.frames().get(0).copyBytes();
    assertThat(recording.add(0, frame, frame.length - 1)).isFalse();
    assertThat(recording.add(1, frame, frame.length)).as("another number").isFalse();
    frame[frame.length / 2] ^= 1;
    assertThat(recording.add(0, frame, frame.length)).isFalse();
    assertThat(recording.toFile()).isEmpty();
    frame[frame.length / 2] ^= 1;
    assertThat(recording.add(0, frame, frame.length)).isTrue();
    assertThat(recording.toFile()).isPresent();
  }

  private static Set<String> bytesOf(Clip clip) {
    return clip.frames().stream()
        .map(frame -> HexFormat.of().formatHex(frame.copyBytes()))
        .collect(Collectors.toSet());
  }

  private static void play(TrackRecording recording, Clip clip, int from, int until) {
    for (int sequence = from; sequence < until; sequence++) {
      byte[] frame = clip.frames().get(sequence % clip.frames().size()).copyBytes();
      assertThat(recording.add(sequence, frame, frame.length)).isTrue();
    }
  }
}

package io.matrixrtc.testkit.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClipRoundTripTest {
  @ParameterizedTest
  @EnumSource
  void allFramesGiveTheFileBackByteForByte_CLIP_BYTES(Clip.BuiltIn builtIn) {
    assertThat(Arrays.equals(builtIn.load().toFile(), builtIn.bytes())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void framesThatWereCopiedAndRebuiltGiveTheFileBackToo(Clip.BuiltIn builtIn) {
    Clip clip = builtIn.load();
    List<EncodedFrame> rebuilt =
        clip.frames().stream()
            .map(f -> EncodedFrame.of(f.number(), f.mediaTime(), f.keyFrame(), f.copyBytes()))
            .toList();
    assertThat(Arrays.equals(clip.layout().write(rebuilt), builtIn.bytes())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void oneChangedByteInOneFrameChangesTheFile(Clip.BuiltIn builtIn) {
    Clip clip = builtIn.load();
    List<EncodedFrame> frames = new ArrayList<>(clip.frames());
    EncodedFrame last = frames.get(frames.size() - 1);
    byte[] bytes = last.copyBytes();
    bytes[bytes.length - 1] ^= 1;
    frames.set(
        frames.size() - 1,
        EncodedFrame.of(last.number(), last.mediaTime(), last.keyFrame(), bytes));
    assertThat(Arrays.equals(clip.layout().write(frames), builtIn.bytes())).isFalse();
  }

  @Test
  void audioIsTwentySecondsOfTwentyMillisecondPackets() throws MediaFormatException {
    Clip clip = Clip.BuiltIn.FIFTHS.load();
    assertThat(clip.kind()).isEqualTo(TrackKind.AUDIO);
    assertThat(clip.codec()).isEqualTo("opus");
    assertThat(clip.frames()).hasSize(1001);
    assertThat(clip.length()).isEqualTo(Duration.ofMillis(20_020));
    assertThat(clip.frames().get(100).mediaTime()).isEqualTo(Duration.ofSeconds(2));
    assertThat(((OggOpusLayout) clip.layout()).channels()).isEqualTo(1);
    assertThat(((OggOpusLayout) clip.layout()).preSkip()).isEqualTo(312);
    for (EncodedFrame frame : clip.frames()) {
      assertThat(OpusToc.read(frame.copyBytes()).samples()).isEqualTo(960);
      assertThat(frame.keyFrame()).isTrue();
    }
  }

  @Test
  void videoIsTwentySecondsWithAKeyFrameEveryTwo() {
    Clip clip = Clip.BuiltIn.TESTCARD.load();
    assertThat(clip.kind()).isEqualTo(TrackKind.VIDEO);
    assertThat(clip.codec()).isEqualTo("vp8");
    assertThat(clip.frames()).hasSize(300);
    assertThat(clip.length()).isEqualTo(Duration.ofSeconds(20));
    assertThat(((IvfLayout) clip.layout()).width()).isEqualTo(320);
    assertThat(((IvfLayout) clip.layout()).height()).isEqualTo(180);
    for (EncodedFrame frame : clip.frames()) {
      if (frame.number() % 30 == 0) {
        assertThat(frame.keyFrame()).as("frame %d", frame.number()).isTrue();
      }
    }
    assertThat(clip.frames().get(1).keyFrame()).isFalse();
  }

  @Test
  void allClipsTogetherAreSmall() {
    int total = 0;
    for (Clip.BuiltIn builtIn : Clip.BuiltIn.values()) {
      total += builtIn.bytes().length;
    }
    assertThat(total).isBetween(100_000, 600_000);
  }

  @ParameterizedTest
  @EnumSource
  void ffmpegDecodesTheFileWithoutAComplaint(Clip.BuiltIn builtIn) throws Exception {
    Ffmpeg.assumePresent();
    Clip clip = builtIn.load();
    Ffmpeg.Decoded decoded = Ffmpeg.decode(clip.toFile(), clip.layout().extension());
    assertThat(decoded.complaints()).isEmpty();
    assertThat(decoded.frames()).isEqualTo(clip.frames().size());
  }

  @Test
  void ffmpegComplainsAboutADamagedFile_control() throws Exception {
    Ffmpeg.assumePresent();
    byte[] file = Clip.BuiltIn.FIFTHS.bytes();
    file[20_000] ^= 1;
    assertThat(Ffmpeg.decode(file, "ogg").complaints()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void partsOfAClipAreValidFilesForFfmpeg_CLIP_PART(Clip.BuiltIn builtIn) throws Exception {
    Ffmpeg.assumePresent();
    Clip clip = builtIn.load();
    Cases.run(
        "partial " + builtIn,
        3,
        15,
        (seed, random) -> {
          List<EncodedFrame> heard = new ArrayList<>();
          boolean present = random.nextBoolean();
          for (EncodedFrame frame : clip.frames()) {
            present = random.nextInt(40) == 0 ? !present : present;
            if (present && random.nextInt(50) != 0) {
              heard.add(frame);
            }
          }
          List<EncodedFrame> decodable = clip.layout().decodable(heard);
          if (decodable.isEmpty()) {
            assertThatThrownBy(() -> clip.layout().write(heard))
                .isInstanceOf(IllegalArgumentException.class);
            return;
          }
          byte[] file = clip.layout().write(heard);
          Clip again = Clip.read("again", file);
          assertThat(again.frames().stream().map(EncodedFrame::copyBytes))
              .containsExactlyElementsOf(decodable.stream().map(EncodedFrame::copyBytes).toList());
          assertThat(Arrays.equals(again.toFile(), file)).isTrue();
          Ffmpeg.Decoded decoded = Ffmpeg.decode(file, clip.layout().extension());
          assertThat(decoded.complaints()).isEmpty();
          assertThat(decoded.frames()).isEqualTo(decodable.size());
        });
  }

  @Test
  void aSinglePacketIsAValidFile() throws Exception {
    Ffmpeg.assumePresent();
    Clip clip = Clip.BuiltIn.FIFTHS.load();
    byte[] file = clip.layout().write(clip.frames().subList(500, 501));
    assertThat(Ffmpeg.decode(file, "ogg").complaints()).isEmpty();
  }

  @Test
  void partialVideoStartsAtAKeyFrameAndSkipsFromAGapToTheNext_CLIP_KEYFRAME() {
    Clip clip = Clip.BuiltIn.TESTCARD.load();
    List<EncodedFrame> heard = new ArrayList<>(clip.frames().subList(20, 100));
    heard.remove(50); // frame 70
    assertThat(clip.layout().decodable(heard).stream().map(EncodedFrame::number))
        .startsWith(30, 31)
        .contains(69, 90)
        .doesNotContain(20, 29, 71, 89)
        .endsWith(99);
  }

  @Test
  void videoWithoutAKeyFrameIsRefused() {
    Clip clip = Clip.BuiltIn.TESTCARD.load();
    assertThatThrownBy(() -> clip.layout().write(clip.frames().subList(1, 30)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(clip.layout().write(clip.frames().subList(1, 31))).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void wrongOrderRepetitionForeignNumbersAndEmptyListsAreRefused(Clip.BuiltIn builtIn) {
    Clip clip = builtIn.load();
    List<EncodedFrame> reversed = new ArrayList<>(clip.frames());
    Collections.reverse(reversed);
    EncodedFrame first = clip.frames().get(0);
    EncodedFrame beyond =
        EncodedFrame.of(clip.frames().size(), Duration.ZERO, true, first.copyBytes());
    for (List<EncodedFrame> bad :
        List.of(reversed, List.of(first, first), List.of(beyond), List.<EncodedFrame>of())) {
      assertThatThrownBy(() -> clip.layout().write(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

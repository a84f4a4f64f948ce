package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.MediaFormatException;
import io.matrixrtc.testkit.media.TrackKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the participants of a call play: clips from files, and for a kind of which there is no file
 * those that come with the test kit. With several of a kind, neighbours play different ones, so
 * that a frame counted for the wrong sender does not go unnoticed.
 */
final class Clips {
  private static final Clips BUILT_IN = builtIn();

  private final List<Clip> audio;
  private final List<Clip> video;

  private Clips(List<Clip> audio, List<Clip> video) {
    this.audio = List.copyOf(audio);
    this.video = List.copyOf(video);
  }

  private static Clips builtIn() {
    return new Clips(
        List.of(Clip.BuiltIn.FIFTHS.load(), Clip.BuiltIn.FOURTHS.load()),
        List.of(Clip.BuiltIn.TESTCARD.load(), Clip.BuiltIn.GRADIENT.load()));
  }

  /**
   * Reads Ogg/Opus and IVF/VP8 files.
   *
   * @throws AgentClient.RefusedException with a sentence if one is neither, or cannot be read
   */
  static Clips of(List<String> files) {
    List<Clip> audio = new ArrayList<>();
    List<Clip> video = new ArrayList<>();
    for (String file : files) {
      Clip clip = read(Path.of(file));
      (clip.kind() == TrackKind.AUDIO ? audio : video).add(clip);
    }
    return new Clips(
        audio.isEmpty() ? BUILT_IN.audio : audio, video.isEmpty() ? BUILT_IN.video : video);
  }

  private static Clip read(Path file) {
    try {
      return Clip.read(file.getFileName().toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AgentClient.RefusedException("cannot read " + file + ": " + e);
    } catch (MediaFormatException e) {
      throw new AgentClient.RefusedException(
          file + " is neither Ogg with Opus nor IVF with VP8: " + e.getMessage());
    }
  }

  /** What the participant with this media identity plays. */
  ClipPair of(String mediaIdentity) {
    int number = mediaIdentity.hashCode();
    return new ClipPair(
        audio.get(Math.floorMod(number, audio.size())),
        video.get(Math.floorMod(number, video.size())));
  }
}

package io.matrixrtc.testkit.media;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/**
 * A short piece of encoded sound or moving pictures, as frames and as a file.
 *
 * @param name for people
 * @param kind sound or pictures
 * @param codec name as in SDP, lower-case: {@code opus} or {@code vp8}
 * @param length how long it plays
 * @param frames in order, numbered from 0
 * @param layout the rest of the file
 */
public record Clip(
    String name,
    TrackKind kind,
    String codec,
    Duration length,
    List<EncodedFrame> frames,
    ClipLayout layout) {
  public Clip {
    frames = List.copyOf(frames);
  }

  /** The clips that come with the test kit: 20 s each, made by {@code make-clips.sh}. */
  public enum BuiltIn {
    /** Opus, 1001 packets of 20 ms, about 24 kbit/s. */
    FIFTHS("fifths.ogg"),
    /** Like {@link #FIFTHS}, another melody. */
    FOURTHS("fourths.ogg"),
    /** VP8, 300 frames of 320x180, a key frame every 30. */
    TESTCARD("testcard.ivf"),
    /** Like {@link #TESTCARD}, slow colours. */
    GRADIENT("gradient.ivf");

    private final String file;

    BuiltIn(String file) {
      this.file = file;
    }

    /** The file's name, which is also its resource name beside this class. */
    public String file() {
      return file;
    }

    /** The file's bytes. */
    public byte[] bytes() {
      try (InputStream in = Clip.class.getResourceAsStream(file)) {
        if (in == null) {
          throw new IllegalStateException("clip " + file + " is not in the jar");
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new IllegalStateException("clip " + file + " cannot be read", e);
      }
    }

    /** Reads the clip anew. */
    public Clip load() {
      try {
        return read(file, bytes());
      } catch (MediaFormatException e) {
        throw new IllegalStateException("clip " + file + " is damaged", e);
      }
    }
  }

  /** Reads an Ogg/Opus or IVF/VP8 file; which one it is, is told by its first bytes. */
  public static Clip read(String name, byte[] file) throws MediaFormatException {
    boolean ivf = file.length >= 4 && file[0] == 'D' && file[1] == 'K' && file[2] == 'I';
    return ivf ? IvfReader.read(name, file) : OggOpusReader.read(name, file);
  }

  /** The original file, put together from the frames. */
  public byte[] toFile() {
    return layout.write(frames);
  }
}

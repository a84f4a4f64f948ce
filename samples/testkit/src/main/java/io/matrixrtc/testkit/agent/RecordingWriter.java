package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.Clip;
import io.matrixrtc.testkit.media.TrackKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what one participant heard, as {@code <receiver>-from-<sender>.ogg} and {@code .ivf}. */
final class RecordingWriter {
  private final String receiver;
  private final Map<String, RemoteMedia> remotes;

  RecordingWriter(String receiver, Map<String, RemoteMedia> remotes) {
    this.receiver = receiver;
    this.remotes = remotes;
  }

  /** Writes into {@code directory}; with null only reports. */
  ParticipantAnswer.Recordings write(@Nullable Path directory) {
    List<ParticipantAnswer.Recording> tracks = new ArrayList<>();
    remotes.forEach(
        (sender, remote) -> {
          for (TrackKind kind : TrackKind.values()) {
            tracks.add(write(directory, sender, remote, kind));
          }
        });
    return new ParticipantAnswer.Recordings(tracks);
  }

  private ParticipantAnswer.Recording write(
      @Nullable Path directory, String sender, RemoteMedia remote, TrackKind kind) {
    Optional<byte[]> file = remote.recording(kind);
    Clip clip = remote.clip(kind);
    String name = receiver + "-from-" + shortName(sender) + "." + clip.layout().extension();
    boolean identical = file.isPresent() && Arrays.equals(file.get(), clip.toFile());
    if (directory != null && file.isPresent()) {
      try {
        Files.write(directory.resolve(name), file.get());
      } catch (IOException e) {
        throw new AgentClient.RefusedException(
            "cannot write " + directory.resolve(name) + ": " + e.getMessage());
      }
    }
    return new ParticipantAnswer.Recording(
        sender,
        kind.name().toLowerCase(Locale.ROOT),
        file.isPresent() ? name : null,
        remote.isComplete(kind),
        identical);
  }

  /** {@code @bob:localhost:BOBPHONE} as {@code bobphone}: the device id, which is unique here. */
  private static String shortName(String identity) {
    return identity.substring(identity.lastIndexOf(':') + 1).toLowerCase(Locale.ROOT);
  }
}

package io.matrixrtc.testkit;

import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.TraceEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a world is made of.
 *
 * @param homeserver where the accounts live
 * @param speed media seconds per second; key delays run with it
 * @param policy name of the rotation policy
 * @param useKeyDelay media time between the confirmation of a new key and its use
 * @param trust name of the trust requirement for senders of keys
 * @param starter makes the participants, in this JVM or each in its own
 * @param media Ogg/Opus and IVF/VP8 files that they play; built-in clips where there is none
 */
public record WorldSettings(
    WorldServer homeserver,
    double speed,
    String policy,
    Duration useKeyDelay,
    String trust,
    Starter starter,
    List<Path> media) {
  public WorldSettings {
    media = List.copyOf(media);
  }

  /** With the built-in clips. */
  public WorldSettings(
      WorldServer homeserver,
      double speed,
      String policy,
      Duration useKeyDelay,
      String trust,
      Starter starter) {
    this(homeserver, speed, policy, useKeyDelay, trust, starter, List.of());
  }

  /** Makes a participant; {@code trace} takes what it records. */
  @FunctionalInterface
  public interface Starter {
    ParticipantPort start(ParticipantSpec spec, Consumer<TraceEntry> trace) throws IOException;
  }
}

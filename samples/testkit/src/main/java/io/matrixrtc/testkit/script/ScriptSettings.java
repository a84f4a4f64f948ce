package io.matrixrtc.testkit.script;

import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.server.ProxiedServer;
import io.matrixrtc.testkit.server.RemoteServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a script runs on. Immutable; begin with {@link #embedded} or {@link #at}.
 *
 * @param title of the trace
 * @param server starts or finds the homeserver; the script closes it
 * @param speed seconds of media time in one second: key delays run as fast, HTTP does not
 * @param policy name of the rotation policy
 * @param useDelay media time between the confirmation of a new key and its use
 * @param trust name of the trust requirement for senders and receivers of keys
 * @param patience how long an expectation waits, in wall time
 * @param seed of everything random in a script and its faults; keys are never seeded
 * @param media files that the devices play; built-in clips where there is none
 * @param virtualTime whether all of it runs in virtual time; then {@code patience} counts there,
 *     and {@code speed} for nothing
 */
public record ScriptSettings(
    String title,
    Supplier<WorldServer> server,
    double speed,
    String policy,
    Duration useDelay,
    String trust,
    Duration patience,
    long seed,
    List<Path> media,
    boolean virtualTime) {
  /** Fast enough for tests, slow enough for a loaded machine. */
  public static final double DEFAULT_SPEED = 5;

  /** Long enough for a loaded machine: only a script that fails ever waits for it. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

  public ScriptSettings {
    media = List.copyOf(media);
  }

  /** In real time. */
  public ScriptSettings(
      String title,
      Supplier<WorldServer> server,
      double speed,
      String policy,
      Duration useDelay,
      String trust,
      Duration patience,
      long seed,
      List<Path> media) {
    this(title, server, speed, policy, useDelay, trust, patience, seed, media, false);
  }

  /** With the built-in clips. */
  public ScriptSettings(
      String title,
      Supplier<WorldServer> server,
      double speed,
      String policy,
      Duration useDelay,
      String trust,
      Duration patience,
      long seed) {
    this(title, server, speed, policy, useDelay, trust, patience, seed, List.of());
  }

  /** A script on a homeserver of its own in this JVM. */
  public static ScriptSettings embedded() {
    return embedded(HomeserverConfig.defaults());
  }

  /** The same with another configuration, for example one without delayed events. */
  public static ScriptSettings embedded(HomeserverConfig config) {
    return on(new EmbeddedServer.Launch(config));
  }

  /**
   * A script on any homeserver where users can be registered without further questions. Its faults
   * are made on the way there.
   */
  public static ScriptSettings at(URI homeserver) {
    return on(() -> ProxiedServer.before(new RemoteServer(homeserver, Map.of())));
  }

  /** A script on a homeserver that {@code server} starts or finds. */
  public static ScriptSettings on(Supplier<WorldServer> server) {
    return new ScriptSettings(
        "a scripted call",
        server,
        DEFAULT_SPEED,
        "strict",
        Duration.ofSeconds(1),
        "all",
        DEFAULT_PATIENCE,
        1,
        List.of());
  }

  /** With what these players need beside the homeserver, for example an SFU. */
  public ScriptSettings with(DevicePlayer... players) {
    List<DevicePlayer> all = List.of(players);
    if (all.isEmpty()) {
      return this;
    }
    Supplier<WorldServer> extended =
        () -> {
          WorldServer homeserver = server.get();
          for (DevicePlayer player : all) {
            homeserver = player.beside(homeserver);
          }
          return homeserver;
        };
    return new ScriptSettings(
        title, extended, speed, policy, useDelay, trust, patience, seed, media, virtualTime);
  }

  public ScriptSettings titled(String other) {
    return new ScriptSettings(
        other, server, speed, policy, useDelay, trust, patience, seed, media, virtualTime);
  }

  /** 1 for real time. */
  public ScriptSettings atSpeed(double other) {
    return new ScriptSettings(
        title,
        server,
        virtualTime ? 1 : other,
        policy,
        useDelay,
        trust,
        patience,
        seed,
        media,
        virtualTime);
  }

  public ScriptSettings withPolicy(String other) {
    return new ScriptSettings(
        title, server, speed, other, useDelay, trust, patience, seed, media, virtualTime);
  }

  /** With {@code cross-signed}, each user gets an identity that signs its devices. */
  public ScriptSettings withTrust(String other) {
    return new ScriptSettings(
        title, server, speed, policy, useDelay, other, patience, seed, media, virtualTime);
  }

  public ScriptSettings withPatience(Duration other) {
    return new ScriptSettings(
        title, server, speed, policy, useDelay, trust, other, seed, media, virtualTime);
  }

  public ScriptSettings withSeed(long other) {
    return new ScriptSettings(
        title, server, speed, policy, useDelay, trust, patience, other, media, virtualTime);
  }

  /**
   * With sound and pictures from files: Ogg with Opus, IVF with VP8, one or more of a kind. Where
   * there are several, devices play different ones; a kind without a file stays built in.
   */
  public ScriptSettings withMedia(Path... files) {
    return new ScriptSettings(
        title, server, speed, policy, useDelay, trust, patience, seed, List.of(files), virtualTime);
  }

  /**
   * In virtual time: homeserver, devices, relay and timers share one clock and one thread, there
   * are no sockets, and time jumps to the next timer when nothing is left to do. Hours pass in
   * seconds, a loaded machine changes nothing, and equal seeds give equal traces but for the keys.
   * Needs the embedded homeserver (VIRTUAL-NEEDS) and devices of the library.
   */
  public ScriptSettings inVirtualTime() {
    return new ScriptSettings(
        title, server, 1, policy, useDelay, trust, patience, seed, media, true);
  }
}

package io.matrixrtc.homeserver;

import io.matrixrtc.homeserver.backup.BackupSemantics;
import io.matrixrtc.homeserver.delayed.DelayedEventPolicy;
import io.matrixrtc.homeserver.http.RateLimits;
import io.matrixrtc.homeserver.media.MediaPolicy;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import io.matrixrtc.homeserver.rtc.RtcTransports;
import io.matrixrtc.homeserver.time.SystemTime;
import io.matrixrtc.homeserver.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to run the server. Immutable; each {@code with} method returns a changed copy.
 *
 * @param host the address to listen on
 * @param port the port, 0 for any free one
 * @param serverName the part of user and room ids after the colon
 * @param database the SQLite file, or empty to keep everything in memory
 * @param registrationOpen whether anyone may make an account
 * @param time clock and alarms
 * @param rateLimits which requests are limited; none by default
 * @param maxRequestBytes largest request body
 * @param refreshableLifetime how long the access tokens of logins that ask for a refresh token work
 * @param delayedEvents limits of delayed events
 * @param stickyEvents whether there are sticky events, and how they are named
 * @param gzip whether answers are compressed for clients that ask for it
 * @param backup how key backups behave
 * @param media bounds of media, and who may read them
 * @param dehydratedDevices whether there are devices that nobody is logged in as (MSC3814)
 * @param rtcTransports the SFUs that MatrixRTC clients are told of; none by default
 */
public record HomeserverConfig(
    String host,
    int port,
    String serverName,
    Optional<Path> database,
    boolean registrationOpen,
    TimeSource time,
    RateLimits rateLimits,
    int maxRequestBytes,
    Duration refreshableLifetime,
    DelayedEventPolicy delayedEvents,
    StickyEvents stickyEvents,
    RtcTransports rtcTransports,
    boolean gzip,
    BackupSemantics backup,
    MediaPolicy media,
    boolean dehydratedDevices) {
  private static final int DEFAULT_MAX_REQUEST_BYTES = 16 * 1024 * 1024;
  private static final Duration DEFAULT_REFRESHABLE_LIFETIME = Duration.ofMinutes(5);

  public HomeserverConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: want 0..65535, got " + port);
    }
    if (!serverName.matches("[A-Za-z0-9.\\-\\[\\]:]+")) {
      throw new IllegalArgumentException("not a server name: " + serverName);
    }
  }

  /** Loopback, any free port, in memory, open registration, no limits, server name "localhost". */
  public static HomeserverConfig defaults() {
    return new HomeserverConfig(
        "127.0.0.1",
        0,
        "localhost",
        Optional.empty(),
        true,
        new SystemTime(),
        RateLimits.off(),
        DEFAULT_MAX_REQUEST_BYTES,
        DEFAULT_REFRESHABLE_LIFETIME,
        DelayedEventPolicy.defaults(),
        StickyEvents.UNSTABLE,
        RtcTransports.off(),
        true,
        BackupSemantics.SPECIFIED,
        MediaPolicy.defaults(),
        true);
  }

  public HomeserverConfig withPort(int newPort) {
    Changed changed = new Changed(this);
    changed.port = newPort;
    return changed.config();
  }

  public HomeserverConfig withServerName(String name) {
    Changed changed = new Changed(this);
    changed.serverName = name;
    return changed.config();
  }

  /** Keeps everything in this SQLite file, which is made if it does not exist. */
  public HomeserverConfig withDatabase(Path file) {
    Changed changed = new Changed(this);
    changed.database = Optional.of(file);
    return changed.config();
  }

  public HomeserverConfig withRegistration(boolean open) {
    Changed changed = new Changed(this);
    changed.registrationOpen = open;
    return changed.config();
  }

  public HomeserverConfig withTime(TimeSource source) {
    Changed changed = new Changed(this);
    changed.time = source;
    return changed.config();
  }

  public HomeserverConfig withRateLimits(RateLimits limits) {
    Changed changed = new Changed(this);
    changed.rateLimits = limits;
    return changed.config();
  }

  public HomeserverConfig withMaxRequestBytes(int bytes) {
    Changed changed = new Changed(this);
    changed.maxRequestBytes = bytes;
    return changed.config();
  }

  public HomeserverConfig withRefreshableLifetime(Duration lifetime) {
    Changed changed = new Changed(this);
    changed.refreshableLifetime = lifetime;
    return changed.config();
  }

  public HomeserverConfig withDelayedEvents(DelayedEventPolicy policy) {
    Changed changed = new Changed(this);
    changed.delayedEvents = policy;
    return changed.config();
  }

  public HomeserverConfig withStickyEvents(StickyEvents names) {
    Changed changed = new Changed(this);
    changed.stickyEvents = names;
    return changed.config();
  }

  public HomeserverConfig withRtcTransports(RtcTransports transports) {
    Changed changed = new Changed(this);
    changed.rtcTransports = transports;
    return changed.config();
  }

  public HomeserverConfig withGzip(boolean compressed) {
    Changed changed = new Changed(this);
    changed.gzip = compressed;
    return changed.config();
  }

  public HomeserverConfig withBackup(BackupSemantics semantics) {
    Changed changed = new Changed(this);
    changed.backup = semantics;
    return changed.config();
  }

  public HomeserverConfig withMedia(MediaPolicy policy) {
    Changed changed = new Changed(this);
    changed.media = policy;
    return changed.config();
  }

  public HomeserverConfig withDehydratedDevices(boolean there) {
    Changed changed = new Changed(this);
    changed.dehydratedDevices = there;
    return changed.config();
  }

  /** A copy in the making. */
  private static final class Changed {
    private final String host;
    private int port;
    private String serverName;
    private Optional<Path> database;
    private boolean registrationOpen;
    private TimeSource time;
    private RateLimits rateLimits;
    private int maxRequestBytes;
    private Duration refreshableLifetime;
    private DelayedEventPolicy delayedEvents;
    private StickyEvents stickyEvents;
    private RtcTransports rtcTransports;
    private boolean gzip;
    private BackupSemantics backup;
    private MediaPolicy media;
    private boolean dehydratedDevices;

    Changed(HomeserverConfig before) {
      host = before.host;
      port = before.port;
      serverName = before.serverName;
      database = before.database;
      registrationOpen = before.registrationOpen;
      time = before.time;
      rateLimits = before.rateLimits;
      maxRequestBytes = before.maxRequestBytes;
      refreshableLifetime = before.refreshableLifetime;
      delayedEvents = before.delayedEvents;
      stickyEvents = before.stickyEvents;
      rtcTransports = before.rtcTransports;
      gzip = before.gzip;
      backup = before.backup;
      media = before.media;
      dehydratedDevices = before.dehydratedDevices;
    }

    HomeserverConfig config() {
      return new HomeserverConfig(
          host,
          port,
          serverName,
          database,
          registrationOpen,
          time,
          rateLimits,
          maxRequestBytes,
          refreshableLifetime,
          delayedEvents,
          stickyEvents,
          rtcTransports,
          gzip,
          backup,
          media,
          dehydratedDevices);
    }
  }
}

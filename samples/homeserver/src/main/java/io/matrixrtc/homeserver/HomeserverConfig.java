package io.matrixrtc.homeserver;

import io.matrixrtc.homeserver.http.RateLimits;
import io.matrixrtc.homeserver.time.SystemTime;
import io.matrixrtc.homeserver.time.TimeSource;
import java.nio.file.Path;
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
 */
public record HomeserverConfig(
    String host,
    int port,
    String serverName,
    Optional<Path> database,
    boolean registrationOpen,
    TimeSource time,
    RateLimits rateLimits,
    int maxRequestBytes) {
  private static final int DEFAULT_MAX_REQUEST_BYTES = 16 * 1024 * 1024;

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
        DEFAULT_MAX_REQUEST_BYTES);
  }

  public HomeserverConfig withPort(int newPort) {
    return copy(newPort, serverName, database, registrationOpen, time, rateLimits, maxRequestBytes);
  }

  public HomeserverConfig withServerName(String name) {
    return copy(port, name, database, registrationOpen, time, rateLimits, maxRequestBytes);
  }

  /** Keeps everything in this SQLite file, which is made if it does not exist. */
  public HomeserverConfig withDatabase(Path file) {
    return copy(
        port, serverName, Optional.of(file), registrationOpen, time, rateLimits, maxRequestBytes);
  }

  public HomeserverConfig withRegistration(boolean open) {
    return copy(port, serverName, database, open, time, rateLimits, maxRequestBytes);
  }

  public HomeserverConfig withTime(TimeSource source) {
    return copy(port, serverName, database, registrationOpen, source, rateLimits, maxRequestBytes);
  }

  public HomeserverConfig withRateLimits(RateLimits limits) {
    return copy(port, serverName, database, registrationOpen, time, limits, maxRequestBytes);
  }

  public HomeserverConfig withMaxRequestBytes(int bytes) {
    return copy(port, serverName, database, registrationOpen, time, rateLimits, bytes);
  }

  private HomeserverConfig copy(
      int newPort,
      String name,
      Optional<Path> file,
      boolean open,
      TimeSource source,
      RateLimits limits,
      int bytes) {
    return new HomeserverConfig(host, newPort, name, file, open, source, limits, bytes);
  }
}

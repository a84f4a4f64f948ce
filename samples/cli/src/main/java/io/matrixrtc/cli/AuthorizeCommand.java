package io.matrixrtc.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.token.EnvironmentSettings;
import io.matrixrtc.token.TokenService;
import io.matrixrtc.token.TokenServiceConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the LiveKit token service until it is interrupted. */
@Command(
    name = "authorize",
    description = {
      "Run the LiveKit token service: clients prove who they are with an OpenID token of their homeserver, and get a token for the LiveKit room of their call.",
      "Wire-compatible with lk-jwt-service, and configured by the same environment variables; options come first."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "The API key may also come from LIVEKIT_KEY and LIVEKIT_SECRET, or LIVEKIT_KEY_FROM_FILE and",
      "LIVEKIT_SECRET_FROM_FILE. LIVEKIT_LOG_LEVEL is debug, info, warn or error.",
      "",
      "Examples:",
      "  matrixrtc authorize --livekit-url wss://sfu.example.org --full-access example.org",
      "  matrixrtc authorize --bind 127.0.0.1:8080 --behind-proxy"
    })
final class AuthorizeCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--livekit-url",
      paramLabel = "URL",
      description = "WebSocket URL of the SFU [LIVEKIT_URL].")
  private @Nullable String livekitUrl;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "The SFU's API key and its secret, as key: secret [LIVEKIT_KEY_FILE].")
  private @Nullable String keyFile;

  @Option(
      names = "--full-access",
      paramLabel = "NAME",
      split = ",",
      description =
          "Homeservers whose users may open rooms, or * for all [LIVEKIT_FULL_ACCESS_HOMESERVERS].")
  private List<String> fullAccess = List.of();

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      description = "Where to listen [LIVEKIT_JWT_BIND] (default: :8080).")
  private @Nullable String bind;

  @Option(
      names = "--allow-address",
      paramLabel = "CIDR",
      split = ",",
      description = "Private addresses where homeservers may be [MATRIXRTC_ALLOWED_ADDRESSES].")
  private List<String> allowed = List.of();

  @Option(
      names = "--homeserver",
      paramLabel = "NAME=URL",
      split = ",",
      description =
          "Ask these servers there, over plain HTTP even: for development"
              + " [MATRIXRTC_FEDERATION_URLS, LIVEKIT_CS_API_URL_OVERRIDES].")
  private List<String> homeservers = List.of();

  @Option(
      names = "--behind-proxy",
      description =
          "The last address of X-Forwarded-For is the client's [MATRIXRTC_BEHIND_PROXY=true].")
  private boolean behindProxy;

  @Option(
      names = "--leave-file",
      paramLabel = "FILE",
      description = "Keep delegated leaves here over a restart [MATRIXRTC_LEAVE_FILE].")
  private @Nullable String leaveFile;

  @Option(names = "--json", description = "Print where it listens as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    TokenServiceConfig config;
    try {
      config = EnvironmentSettings.read(settings(System.getenv()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    logLevel(System.getenv().getOrDefault("LIVEKIT_LOG_LEVEL", "info"));
    CountDownLatch interrupted = new CountDownLatch(1);
    try (TokenService service = TokenService.start(config)) {
      Runtime.getRuntime().addShutdownHook(new Thread(service::close, "token-service-shutdown"));
      System.out.println(
          json
              ? "{\"type\":\"listening\",\"host\":\""
                  + config.host()
                  + "\",\"port\":"
                  + service.port()
                  + "}"
              : "Token service listens on " + config.host() + " port " + service.port());
      interrupted.await();
      return 0;
    } catch (IOException e) {
      throw new CommandFailure(
          e.getMessage() + ", which is taken or not allowed. Choose another one with --bind.");
    }
  }

  /** The environment, with the options in place of the variables that they stand for. */
  private Map<String, String> settings(Map<String, String> environment) {
    Map<String, String> settings = new HashMap<>(environment);
    if (livekitUrl != null) {
      settings.put("LIVEKIT_URL", livekitUrl);
    }
    if (keyFile != null) {
      settings.put("LIVEKIT_KEY_FILE", keyFile);
    }
    if (!fullAccess.isEmpty()) {
      settings.put("LIVEKIT_FULL_ACCESS_HOMESERVERS", String.join(",", fullAccess));
    }
    if (leaveFile != null) {
      settings.put("MATRIXRTC_LEAVE_FILE", leaveFile);
    }
    if (bind != null) {
      settings.put("LIVEKIT_JWT_BIND", bind);
      settings.remove("LIVEKIT_JWT_PORT");
    }
    if (!allowed.isEmpty()) {
      settings.put("MATRIXRTC_ALLOWED_ADDRESSES", String.join(",", allowed));
    }
    if (!homeservers.isEmpty()) {
      settings.put("MATRIXRTC_FEDERATION_URLS", String.join(",", homeservers));
      settings.put("LIVEKIT_CS_API_URL_OVERRIDES", String.join(",", homeservers));
    }
    if (behindProxy) {
      settings.put("MATRIXRTC_BEHIND_PROXY", "true");
    }
    return settings;
  }

  /** As upstream: what is no level is info. */
  private static void logLevel(String name) {
    Level level =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "debug" -> Level.DEBUG;
          case "warn", "warning" -> Level.WARN;
          case "error" -> Level.ERROR;
          default -> Level.INFO;
        };
    if (LoggerFactory.getLogger("io.matrixrtc.token") instanceof Logger logger) {
      logger.setLevel(level);
    }
  }
}

package io.matrixrtc.benchmarks.authorize;

import io.matrixrtc.json.Json;
import io.matrixrtc.token.ApiKey;
import io.matrixrtc.token.FullAccess;
import io.matrixrtc.token.RateLimit;
import io.matrixrtc.token.TokenService;
import io.matrixrtc.token.TokenServiceConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * The token service with 100 requests in flight, in front of a stub homeserver that answers after
 * 20 ms and a stub SFU that answers at once, all over HTTP on this machine. Each request is one of
 * Element Call's, and takes all steps: the homeserver is asked, the room opened, the token signed.
 */
public final class AuthorizeBenchmarkRun {
  /** Requests in flight. */
  static final int IN_FLIGHT = 100;

  /** What the stub homeserver takes to answer, in milliseconds. */
  static final int HOMESERVER_MILLIS = 20;

  /** What the 99th percentile is to be at most, in milliseconds. */
  static final int GOAL_MILLIS = 150;

  private static final int FIRST = 50;

  /** How much is measured. */
  public enum Plan {
    /** 20,000 requests after 5,000. */
    FULL(5_000, 20_000),
    /** 2,000 requests after 1,000. */
    QUICK(1_000, 2_000);

    private final int warmUp;
    private final int measured;

    Plan(int warmUp, int measured) {
      this.warmUp = warmUp;
      this.measured = measured;
    }
  }

  private AuthorizeBenchmarkRun() {}

  /**
   * Measures, and prints one line.
   *
   * @throws IOException if a stub or the service does not start, or a request fails
   */
  public static void run(Plan plan, boolean json, PrintStream out)
      throws IOException, InterruptedException {
    Vertx stubs = Vertx.vertx();
    Vertx clients = Vertx.vertx();
    try {
      int homeserver = await(Stubs.homeserver(stubs, HOMESERVER_MILLIS));
      int sfu = await(Stubs.sfu(stubs));
      TokenServiceConfig config =
          TokenServiceConfig.of(
                  "http://127.0.0.1:" + sfu,
                  ApiKey.of("devkey", "secretsecretsecretsecretsecret12"),
                  new FullAccess(List.of(Stubs.SERVER_NAME)))
              .listeningOn("127.0.0.1", 0)
              .withServers(
                  Map.of(), Map.of(Stubs.SERVER_NAME, URI.create("http://127.0.0.1:" + homeserver)))
              .withRateLimit(RateLimit.NONE, false);
      try (TokenService service = TokenService.start(config)) {
        await(new Load(clients, service.port(), 1, FIRST).run()); // loads classes, one by one
        await(new Load(clients, service.port(), IN_FLIGHT, plan.warmUp).run());
        long start = System.nanoTime();
        long[] nanos = await(new Load(clients, service.port(), IN_FLIGHT, plan.measured).run());
        print(nanos, System.nanoTime() - start, json, out);
      }
    } finally {
      stubs.close();
      clients.close();
    }
  }

  private static <T> T await(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static void print(long[] nanos, long wholeNanos, boolean json, PrintStream out) {
    Arrays.sort(nanos);
    double median = millis(nanos, 0.5);
    double p99 = millis(nanos, 0.99);
    double longest = millis(nanos, 1);
    double perSecond = nanos.length / (wholeNanos / 1e9);
    if (json) {
      out.println(
          Json.newObject()
              .put("name", "authorize")
              .put("requests", nanos.length)
              .put("inFlight", IN_FLIGHT)
              .put("homeserverMillis", HOMESERVER_MILLIS)
              .put("medianMillis", median)
              .put("p99Millis", p99)
              .put("maxMillis", longest)
              .put("requestsPerSecond", perSecond)
              .put("goalP99Millis", GOAL_MILLIS)
              .put("goalMet", p99 <= GOAL_MILLIS));
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "authorize: %d requests, %d in flight, homeserver %d ms:"
                  + " median %.1f ms, p99 %.1f ms (goal %d), max %.1f ms, %.0f requests/s",
              nanos.length,
              IN_FLIGHT,
              HOMESERVER_MILLIS,
              median,
              p99,
              GOAL_MILLIS,
              longest,
              perSecond));
    }
  }

  /** The smallest time that at least {@code share} of the requests did not exceed. */
  static double millis(long[] sortedNanos, double share) {
    int index = (int) Math.ceil(share * sortedNanos.length) - 1;
    return sortedNanos[Math.max(0, index)] / 1e6;
  }
}

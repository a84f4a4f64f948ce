package io.matrixrtc.testkit.server;

import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.RetryPolicy;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.time.ScriptTime;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes accounts, and finds out the user ids of those that exist. */
final class Registration {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A person waits at the terminal: give up soon. */
  private static final RetryPolicy RETRIES =
      new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(5));

  private final URI homeserver;
  private final ScriptTime time;
  private final Optional<Supplier<ClientSettings>> direct;

  /** By HTTP, in real time. */
  Registration(URI homeserver) {
    this.homeserver = homeserver;
    this.time = ScriptTime.REAL;
    this.direct = Optional.empty();
  }

  /** In another time, with clients that have no threads. */
  Registration(URI homeserver, ScriptTime time, Supplier<ClientSettings> clients) {
    this.homeserver = homeserver;
    this.time = time;
    this.direct = Optional.of(clients);
  }

  /** Registers a user and returns its id. The device that this makes is signed out again. */
  String register(String localpart, String password) {
    return session(
        "cannot register " + localpart,
        settings -> MatrixClient.register(homeserver, credentials(localpart, password), settings));
  }

  /** Returns the id of a user who exists. */
  String userIdOf(String localpart, String password) {
    return session(
        "cannot sign in as " + localpart,
        settings -> MatrixClient.login(homeserver, credentials(localpart, password), settings));
  }

  private String session(
      String failure, Function<ClientSettings, CompletionStage<LoginOutcome>> how) {
    if (direct.isPresent()) {
      return session(failure, how, direct.get().get());
    }
    ScheduledExecutorService pool =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "registration");
              thread.setDaemon(true);
              return thread;
            });
    try {
      return session(
          failure,
          how,
          ClientSettings.of(
              new JdkHttpTransport(pool), new PoolScheduler(pool, Clock.systemUTC())));
    } finally {
      pool.shutdown();
    }
  }

  private String session(
      String failure,
      Function<ClientSettings, CompletionStage<LoginOutcome>> how,
      ClientSettings client) {
    ClientSettings settings = client.withRetries(RETRIES);
    try {
      LoginOutcome outcome = await(how.apply(settings));
      if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
        throw new ScriptException(failure + ". " + outcome.sentence());
      }
      MatrixClient registered = new MatrixClient(in.session(), settings);
      await(registered.account().logout());
      return in.session().userId();
    } catch (ExecutionException e) {
      throw new ScriptException(failure + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new ScriptException(
          failure + ": no answer from " + homeserver + " in " + TIMEOUT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException(failure + ": interrupted", e);
    }
  }

  private static Credentials credentials(String localpart, String password) {
    return Credentials.of(localpart, password, "registration");
  }

  private <T> T await(CompletionStage<T> stage)
      throws ExecutionException, TimeoutException, InterruptedException {
    return time.await(stage.toCompletableFuture(), TIMEOUT);
  }
}

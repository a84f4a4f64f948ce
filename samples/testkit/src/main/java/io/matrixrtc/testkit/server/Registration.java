package io.matrixrtc.testkit.server;

import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.RetryPolicy;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.testkit.ScriptException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Makes accounts, and finds out the user ids of those that exist. */
final class Registration {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A person waits at the terminal: give up soon. */
  private static final RetryPolicy RETRIES =
      new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(5));

  private final URI homeserver;

  Registration(URI homeserver) {
    this.homeserver = homeserver;
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
    ScheduledExecutorService pool =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "registration");
              thread.setDaemon(true);
              return thread;
            });
    try {
      ClientSettings settings =
          ClientSettings.of(new JdkHttpTransport(pool), new PoolScheduler(pool, Clock.systemUTC()))
              .withRetries(RETRIES);
      LoginOutcome outcome = await(how.apply(settings));
      if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
        throw new ScriptException(failure + ". " + outcome.sentence());
      }
      MatrixClient client = new MatrixClient(in.session(), settings);
      await(client.account().logout());
      return in.session().userId();
    } catch (ExecutionException e) {
      throw new ScriptException(failure + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new ScriptException(
          failure + ": no answer from " + homeserver + " in " + TIMEOUT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException(failure + ": interrupted", e);
    } finally {
      pool.shutdown();
    }
  }

  private static Credentials credentials(String localpart, String password) {
    return Credentials.of(localpart, password, "registration");
  }

  private static <T> T await(CompletionStage<T> stage)
      throws ExecutionException, TimeoutException, InterruptedException {
    return stage.toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}

package io.matrixrtc.testkit.server;

import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.LoginApi;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.RetryPolicy;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.testkit.ScriptException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
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

  private final URI homeserver;

  Registration(URI homeserver) {
    this.homeserver = homeserver;
  }

  /** Registers a user and returns its id. The device that this makes is signed out again. */
  String register(String localpart, String password) {
    return session(
        "cannot register " + localpart,
        login -> login.register(localpart, password, "registration"));
  }

  /** Returns the id of a user who exists. */
  String userIdOf(String localpart, String password) {
    return session(
        "cannot sign in as " + localpart,
        login -> login.login(localpart, password, Optional.empty(), "registration"));
  }

  private String session(
      String failure, Function<LoginApi, CompletionStage<LoginOutcome>> how) {
    ScheduledExecutorService pool =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "registration");
              thread.setDaemon(true);
              return thread;
            });
    try {
      PoolScheduler scheduler = new PoolScheduler(pool, Clock.systemUTC());
      JdkHttpTransport http = new JdkHttpTransport(pool);
      RetryPolicy retries = new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(2), TIMEOUT.dividedBy(6));
      SecureRandom random = new SecureRandom();
      LoginOutcome outcome =
          await(how.apply(MatrixClient.loginAt(homeserver, http, scheduler, retries, random)));
      if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
        throw new ScriptException(failure + ". " + outcome.sentence());
      }
      MatrixClient client = new MatrixClient(in.session(), http, scheduler, retries, random);
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

  private static <T> T await(CompletionStage<T> stage)
      throws ExecutionException, TimeoutException, InterruptedException {
    return stage.toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}

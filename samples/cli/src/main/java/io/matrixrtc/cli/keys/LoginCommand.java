package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import java.net.URI;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the device that the other subcommands speak as. */
@Command(
    name = "login",
    description = "Log in as a new device, which is kept in the profile.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc keys login --homeserver http://localhost:8008 --user alice",
      "  matrixrtc keys login --homeserver http://localhost:8008 --user bob --register"
    })
final class LoginCommand extends KeysAction {
  @Option(
      names = "--homeserver",
      required = true,
      paramLabel = "URL",
      description = "Base URL of the homeserver.")
  private URI homeserver = URI.create("http://localhost");

  @Option(
      names = "--user",
      required = true,
      paramLabel = "NAME",
      description = "User name, or full user id.")
  private String user = "";

  @Option(names = "--register", description = "Make the account first.")
  private boolean register;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      defaultValue = "matrixrtc keys",
      description = "What others see the device called (default: ${DEFAULT-VALUE}).")
  private String name = "matrixrtc keys";

  @Mixin private Passwords passwords = new Passwords();

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    String scheme = homeserver.getScheme();
    if (homeserver.getHost() == null || scheme == null || !scheme.matches("https?")) {
      throw misused("homeserver: want a URL such as http://localhost:8008, got " + homeserver);
    }
    if (profile.isUsed()) {
      throw new CommandFailure(
          profile.login().userId()
              + " is logged in at "
              + profile.folder()
              + " already. Name another --profile, or run 'matrixrtc keys logout' first.");
    }
    profile.prepare();
    MatrixSession login = login(passwords.orFail(user));
    profile.keep(login);
    try (OpenProfile open = OpenProfile.open(profile)) {
      StatusCommand.print(open, out);
    }
  }

  private MatrixSession login(String password) throws CommandFailure {
    try (ClientThreads threads = ClientThreads.start()) {
      Credentials credentials = Credentials.of(user, password, name);
      CompletionStage<LoginOutcome> stage =
          register
              ? MatrixClient.register(homeserver, credentials, threads.settings())
              : MatrixClient.login(homeserver, credentials, threads.settings());
      LoginOutcome outcome = stage.toCompletableFuture().get();
      if (outcome instanceof LoginOutcome.LoggedIn in) {
        return in.session();
      }
      throw new CommandFailure("cannot sign in as " + user + ". " + outcome.sentence());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted.");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}

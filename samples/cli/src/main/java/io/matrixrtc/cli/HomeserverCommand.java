package io.matrixrtc.cli;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.store.StorageException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the embedded homeserver until it is interrupted. */
@Command(
    name = "homeserver",
    description = "Run the development homeserver on this machine's loopback interface.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc homeserver --port 8008",
      "  matrixrtc homeserver --port 8008 --database dev.db"
    })
final class HomeserverCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8008",
      description = "Port to listen on, 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      defaultValue = "localhost",
      description = "The part of user ids after the colon (default: ${DEFAULT-VALUE}).")
  private String serverName = "localhost";

  @Option(
      names = "--database",
      paramLabel = "FILE",
      description = "Keep everything in this SQLite file; without it, in memory.")
  private @Nullable Path database;

  @Option(names = "--no-registration", description = "Let nobody make an account.")
  private boolean registrationClosed;

  @Option(names = "--json", description = "Print where it listens as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    HomeserverConfig config;
    try {
      config = HomeserverConfig.defaults().withPort(port).withServerName(serverName);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    config = config.withRegistration(!registrationClosed);
    if (database != null) {
      config = config.withDatabase(database);
    }
    CountDownLatch interrupted = new CountDownLatch(1);
    try (EmbeddedHomeserver server = EmbeddedHomeserver.start(config)) {
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "homeserver-shutdown"));
      if (json) {
        System.out.println(
            "{\"type\":\"listening\",\"url\":\""
                + server.baseUrl()
                + "\",\"serverName\":\""
                + serverName
                + "\"}");
      } else {
        System.out.println("Homeserver " + serverName + " listens at " + server.baseUrl());
        System.out.println("Stop it with Ctrl-C.");
      }
      interrupted.await();
      return 0;
    } catch (BindFailed e) {
      throw new CommandFailure(
          "port " + port + " is taken or not allowed. Choose another one with --port.");
    } catch (StorageException e) {
      throw new CommandFailure("the database does not open: " + e.getMessage());
    }
  }
}

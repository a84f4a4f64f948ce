package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.server.ProxiedServer;
import io.matrixrtc.testkit.server.RemoteServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens the homeserver that the options ask for. */
final class DemoServers {
  private DemoServers() {}

  static WorldServer open(DemoRun.Options options) {
    URI homeserver = options.homeserver();
    if (homeserver == null) {
      return EmbeddedServer.start(options.port());
    }
    if (homeserver.getHost() == null
        || !List.of("http", "https").contains(homeserver.getScheme())) {
      throw new ScriptException(
          homeserver + " is no homeserver URL: want for example http://localhost:8008");
    }
    return new RemoteServer(homeserver, accounts(options.accounts()));
  }

  /** The same; faults that a scenario asks for are made on the way to another homeserver. */
  static WorldServer withFaults(DemoRun.Options options) {
    WorldServer server = open(options);
    return server.faults().isPresent() ? server : ProxiedServer.before(server);
  }

  private static Map<String, String> accounts(@Nullable Path file) {
    if (file == null) {
      return Map.of();
    }
    Map<String, String> passwords = new HashMap<>();
    for (String line : lines(file)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        passwords.put(line.substring(0, space), line.substring(space + 1).strip());
      } else if (!line.isBlank()) {
        throw new ScriptException(file + ": want lines 'localpart password', found '" + line + "'");
      }
    }
    return passwords;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new ScriptException("cannot read the accounts file " + file + ": " + e.getMessage(), e);
    }
  }
}

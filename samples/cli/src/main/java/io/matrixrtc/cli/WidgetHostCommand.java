package io.matrixrtc.cli;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.keys.Profile;
import io.matrixrtc.cli.widget.ElementCallFiles;
import io.matrixrtc.cli.widget.HostingException;
import io.matrixrtc.cli.widget.LinkPrinter;
import io.matrixrtc.cli.widget.Sfu;
import io.matrixrtc.cli.widget.WidgetHostServer;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.token.ApiKey;
import io.matrixrtc.widget.api.WebOrigin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Hosts Element Call, or another widget, until it is interrupted. */
@Command(
    name = "widget-host",
    description = {
      "Host Element Call or any Matrix widget: prints a link for each user to open in a browser.",
      "The page shows the widget, asks before it is allowed anything, and shows its traffic."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Element Call is fetched by npm the first time and kept in the user's cache folder.",
      "A link opens one session, and soon; press Enter for new links. A session that is open goes",
      "on when its link's time is over. To run it in the background, add: < /dev/null &",
      "",
      "Examples:",
      "  matrixrtc widget-host",
      "  matrixrtc widget-host --user alice --user bob --livekit-url ws://127.0.0.1:7880 \\",
      "      --key-file key.txt",
      "  matrixrtc widget-host --widget https://widget.example.org/",
      "  matrixrtc widget-host --homeserver https://matrix.example.org --user alice \\",
      "      --password-file alice.txt --recovery-key-file key.txt --room '#calls:example.org'",
      "  matrixrtc widget-host --profile ~/.matrixrtc --room '#calls:example.org'"
    })
final class WidgetHostCommand implements Callable<Integer> {
  private static final int MAX_LINK_MINUTES = 1_440;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--widget",
      paramLabel = "URL",
      description = "The widget, with its $variables; without it, Element Call.")
  private @Nullable String widget;

  @Option(
      names = "--element-call",
      paramLabel = "DIR",
      description = "Element Call's embedded build, in place of the one that npm fetches.")
  private @Nullable Path elementCall;

  @Option(
      names = "--profile",
      paramLabel = "DIR",
      description = {
        "Folder of a device that 'matrixrtc keys login' made: hosts as that user and device, which",
        "stays logged in; in place of --homeserver, --user and --password-file."
      })
  private @Nullable Path profile;

  @Option(
      names = "--homeserver",
      paramLabel = "URL",
      description = "A homeserver that runs already; without it, one is started.")
  private @Nullable URI homeserver;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Who opens the page; once for each user (default: alice).")
  private List<String> users = List.of();

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "The password of the user on --homeserver.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--recovery-key-file",
      paramLabel = "FILE",
      description = {
        "The recovery key, or passphrase, of the user on --homeserver or of --profile: signs the",
        "session, so that others trust it, and brings room keys from the backup."
      })
  private @Nullable Path recoveryKeyFile;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "Id or alias of the room; without it, an encrypted one is made.")
  private @Nullable String room;

  @Option(
      names = "--livekit-url",
      paramLabel = "URL",
      description = "WebSocket URL of an SFU for calls on the homeserver that is started.")
  private @Nullable String livekitUrl;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "The SFU's API key and its secret, as key: secret.")
  private @Nullable Path keyFile;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8090",
      description = "Port of the page, 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--link-lifetime",
      paramLabel = "MINUTES",
      defaultValue = "10",
      description = "How long a link may be opened, 1 to 1440 (default: ${DEFAULT-VALUE}).")
  private int linkMinutes;

  @Option(
      names = "--trust",
      paramLabel = "POLICY",
      defaultValue = "cross-signed",
      description = "Devices that get and give keys: cross-signed, verified, all.")
  private String trust = "cross-signed";

  @Option(names = "--ask", description = "Grant Element Call nothing unasked.")
  private boolean ask;

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    try (WidgetHostServer server = WidgetHostServer.start(settings())) {
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "widget-host-shutdown"));
      Duration lifetime = Duration.ofMinutes(linkMinutes);
      LinkPrinter links =
          new LinkPrinter(
              server.users(),
              server.roomId(),
              user -> server.link(user, lifetime),
              lifetime,
              json,
              System.out);
      links.print();
      links.printForEach(
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
      new CountDownLatch(1).await(); // nobody is at the keyboard
      return 0;
    } catch (HostingException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CommandFailure("standard input cannot be read: " + e.getMessage());
    }
  }

  private WidgetHostServer.Settings settings() throws CommandFailure, HostingException {
    checkUsers();
    if (linkMinutes < 1 || linkMinutes > MAX_LINK_MINUTES) {
      throw wrong("--link-lifetime: want 1 to " + MAX_LINK_MINUTES + " minutes");
    }
    TrustPolicy policy;
    Optional<URI> url;
    try {
      policy = TrustPolicy.named(trust);
      url = Optional.ofNullable(widget).map(URI::create);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    if (url.isPresent()) {
      checkOrigin(url.get().toString());
    }
    return new WidgetHostServer.Settings(
        Optional.ofNullable(homeserver),
        accounts(),
        Optional.ofNullable(room),
        url,
        url.isPresent() ? Optional.empty() : Optional.of(elementCallFolder()),
        Optional.empty(),
        port,
        0,
        0,
        sfu(),
        policy,
        ask,
        recoveryKeyFile == null ? Optional.empty() : Optional.of(read(recoveryKeyFile)),
        Optional.ofNullable(profile).map(Profile::new));
  }

  private void checkOrigin(String url) {
    String origin;
    try {
      origin = WebOrigin.of(url);
    } catch (IllegalArgumentException e) {
      throw wrong("--widget: " + e.getMessage());
    }
    if (origin.equals(WidgetHostServer.pageOrigin(port))) {
      throw wrong("--widget: want another origin than the page's, " + origin);
    }
  }

  private void checkUsers() {
    if (profile != null && (homeserver != null || !users.isEmpty() || passwordFile != null)) {
      throw wrong("--profile: want no --homeserver, --user or --password-file; it has all three");
    }
    if (homeserver != null && (passwordFile == null || users.size() > 1)) {
      throw wrong("--homeserver: want one --user and its --password-file");
    }
    if (recoveryKeyFile != null && homeserver == null && profile == null) {
      throw wrong("--recovery-key-file: want --homeserver or --profile");
    }
  }

  /** Names and passwords. */
  private Map<String, String> accounts() throws CommandFailure {
    Map<String, String> accounts = new LinkedHashMap<>();
    if (profile == null) {
      for (String user : users.isEmpty() ? List.of("alice") : users) {
        String password = passwordFile == null ? UUID.randomUUID().toString() : read(passwordFile);
        accounts.put(user, password);
      }
    }
    return accounts;
  }

  private Path elementCallFolder() throws HostingException {
    return elementCall != null
        ? ElementCallFiles.given(elementCall)
        : ElementCallFiles.fetched(ElementCallFiles.usualCache());
  }

  private Optional<Sfu> sfu() throws CommandFailure {
    if (livekitUrl == null) {
      return Optional.empty();
    }
    if (keyFile == null || homeserver != null || profile != null) {
      throw wrong("--livekit-url: want --key-file, and no --homeserver or --profile");
    }
    String[] parts = read(keyFile).split(":", 2);
    if (parts.length != 2) {
      throw wrong("--key-file: want one line, key: secret");
    }
    return Optional.of(new Sfu(livekitUrl, ApiKey.of(parts[0].strip(), parts[1].strip())));
  }

  private static String read(Path file) throws CommandFailure {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandFailure("the file " + file + " cannot be read");
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}

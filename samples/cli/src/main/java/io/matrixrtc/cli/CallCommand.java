package io.matrixrtc.cli;

import io.matrixrtc.cli.call.CallJson;
import io.matrixrtc.cli.call.CallOptions;
import io.matrixrtc.cli.call.CallRun;
import io.matrixrtc.cli.call.CallTable;
import io.matrixrtc.cli.call.CallView;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.keys.KeyFormat;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.testkit.report.Terminal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes part in the call of a real room, to see who has whose key. */
@Command(
    name = "call",
    description = {
      "Join the call of a room as a participant that exchanges keys, without media.",
      "",
      "Shows who is in the call, how far each device is trusted, whose key is here, how old it is,"
          + " who has ours, and who lacks what and why: for a call that says \"waiting for"
          + " media\".",
      "It logs in as a new device and logs that out when it ends, with Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc call --homeserver https://matrix.example.org --user @me:example.org \\",
      "      --room '#standup:example.org' --trust all",
      "  matrixrtc call … --keys-by adaptive      reach clients that know room events only, too",
      "",
      "The password is read from the terminal, or from MATRIXRTC_PASSWORD.",
      "Exit codes: 0 left the call, 1 a step failed, 2 wrong usage"
    })
final class CallCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 500;
  private static final long JSON_LOOK_MILLIS = 2_000;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--homeserver",
      required = true,
      paramLabel = "URL",
      description = "The homeserver of the user.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private URI homeserver;

  @Option(
      names = "--user",
      required = true,
      paramLabel = "USER",
      description = "Full user id, or its local part.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String user;

  @Option(
      names = "--password",
      interactive = true,
      arity = "0..1",
      paramLabel = "PASSWORD",
      description = "Its password; asked for if nothing follows.")
  private @Nullable String password;

  @Option(
      names = "--room",
      required = true,
      paramLabel = "ROOM",
      description = "Room id or alias. The user joins the room if need be.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String room;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      defaultValue = "demand",
      description = "Rotation policy: demand, ratchet, strict or parity (default: demand).")
  private String policy = "demand";

  @Option(
      names = "--trust",
      paramLabel = "NAME",
      defaultValue = "cross-signed",
      description =
          "Who gets keys, and whose count: all, cross-signed or verified (default: cross-signed).")
  private String trust = "cross-signed";

  @Option(
      names = "--keys-by",
      paramLabel = "WAY",
      defaultValue = "to-device",
      description =
          "How own keys travel: to-device, adaptive or room-event (default: to-device). Room events"
              + " can be read by everyone in the room.")
  private String way = "to-device";

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = "element-call",
      description =
          "Format of own keys to devices: element-call or msc4143 (default: element-call). Both are"
              + " read.")
  private String format = "element-call";

  @Option(
      names = "--livekit",
      paramLabel = "URL",
      description = "Announce this LiveKit token service. No media is sent all the same.")
  private @Nullable URI livekit;

  @Option(
      names = "--new-identity",
      description =
          "Give the user a cross-signing identity, if it has none, which signs the device.")
  private boolean newIdentity;

  @Option(names = "--for", paramLabel = "SECONDS", description = "Leave after so many seconds.")
  private @Nullable Long seconds;

  @Option(names = "--json", description = "Print what is known as JSON lines.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    CallOptions options = options();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              interrupted.countDown();
              try {
                boolean unused = ended.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "leave-the-call");
    Runtime.getRuntime().addShutdownHook(hook);
    try (CallRun run = CallRun.open(options, event -> {})) {
      preview(run);
      run.join(Optional.ofNullable(livekit).map(URI::toString));
      watch(run, interrupted);
      boolean told = run.leave();
      if (!told) {
        throw new CommandFailure(
            "the leave did not get through: others see this device until the server sends its"
                + " leave, or its membership expires.");
      }
      return 0;
    } catch (CommandFailure e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    } finally {
      ended.countDown();
      if (interrupted.getCount() > 0) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  private CallOptions options() {
    if (!List.of("http", "https").contains(homeserver.getScheme())) {
      throw new ParameterException(
          spec.commandLine(),
          "--homeserver: want a URL such as http://localhost:8008, got " + homeserver);
    }
    @Nullable String secret = password != null ? password : System.getenv("MATRIXRTC_PASSWORD");
    if (seconds != null && seconds < 1) {
      throw new ParameterException(spec.commandLine(), "--for: want 1 or more, got " + seconds);
    }
    if (secret == null) {
      throw new ParameterException(
          spec.commandLine(), "a password is needed: --password, or MATRIXRTC_PASSWORD");
    }
    try {
      RotationPolicies.named(policy, Map.of());
      TrustRequirement.named(trust);
      return new CallOptions(
          homeserver,
          user,
          secret,
          room,
          policy,
          trust,
          CallOptions.Way.named(way),
          KeyFormat.named(format),
          Optional.ofNullable(livekit),
          newIdentity);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private void preview(CallRun run) throws CommandFailure {
    if (!json) {
      System.out.println("Joining the call of " + run.roomId() + " as " + run.own());
      run.preview()
          .forEach(
              (device, why) -> System.out.println("  " + device + " will not get our key: " + why));
    }
  }

  private void watch(CallRun run, CountDownLatch interrupted)
      throws CommandFailure, InterruptedException {
    Terminal terminal = Terminal.detect();
    long end = seconds == null ? Long.MAX_VALUE : System.nanoTime() + seconds * 1_000_000_000L;
    long wait = json ? JSON_LOOK_MILLIS : LOOK_MILLIS;
    List<String> last = List.of();
    do {
      CallView view = run.look();
      if (json) {
        System.out.println(CallJson.line(view));
      } else {
        last = draw(terminal, CallTable.lines(view, terminal.columns()), last);
      }
    } while (!interrupted.await(wait, TimeUnit.MILLISECONDS) && System.nanoTime() < end);
    if (json) {
      System.out.println(CallJson.line(run.look()));
    }
  }

  /** In place where that can be done; else only what changed. */
  private static List<String> draw(Terminal terminal, List<String> lines, List<String> last) {
    if (terminal.redraw()) {
      StringBuilder out = new StringBuilder();
      if (!last.isEmpty()) {
        out.append("\u001b[").append(last.size()).append('A').append("\u001b[0J");
      }
      lines.forEach(line -> out.append(line).append('\n'));
      System.out.print(out);
      System.out.flush();
    } else {
      lines.stream().filter(line -> !last.contains(line)).forEach(System.out::println);
    }
    return lines;
  }
}

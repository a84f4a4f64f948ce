package io.matrixrtc.cli;

import io.matrixrtc.benchmarks.FrameBenchmarkRun;
import io.matrixrtc.benchmarks.authorize.AuthorizeBenchmarkRun;
import io.matrixrtc.benchmarks.call.LargeCallRun;
import io.matrixrtc.benchmarks.machine.MachineBenchmarkRun;
import io.matrixrtc.benchmarks.olm.OlmBenchmarkRun;
import io.matrixrtc.benchmarks.restore.BesideRun;
import io.matrixrtc.benchmarks.restore.RestoreBenchmarkRun;
import io.matrixrtc.benchmarks.widget.WidgetBenchmarkRun;
import io.matrixrtc.cli.failure.CommandFailure;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benchmarks that a user can run. */
@Command(
    name = "bench",
    description = "Run the benchmarks.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchCommand.Frames.class,
      BenchCommand.Olm.class,
      BenchCommand.Machine.class,
      BenchCommand.Authorize.class,
      BenchCommand.Restore.class,
      BenchCommand.Call.class,
      BenchCommand.Widget.class
    },
    footer = {
      "",
      "Examples:",
      "  matrixrtc bench frames --quick",
      "  matrixrtc bench olm --quick",
      "  matrixrtc bench machine --json"
    })
final class BenchCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Which benchmark? There are: frames, olm, machine, authorize, restore, call, widget");
  }

  /** Frame encryption against the JCE alone. */
  @Command(
      name = "frames",
      description = {
        "Encrypt and decrypt frames of 100, 1,200 and 20,000 bytes, in turn with the bare",
        "AES-GCM of the JDK over the same bytes. The ratio is ours to that floor."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  matrixrtc bench frames --quick",
        "  matrixrtc bench frames --json"
      })
  static final class Frames implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object per measurement.")
    private boolean json;

    @Option(names = "--quick", description = "One short fork each: to see that it works.")
    private boolean quick;

    @Override
    public Integer call() throws CommandFailure {
      FrameBenchmarkRun.Plan plan =
          quick ? FrameBenchmarkRun.Plan.QUICK : FrameBenchmarkRun.Plan.FULL;
      try {
        FrameBenchmarkRun.run(plan, json, System.out);
        return 0;
      } catch (RunnerException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }
  }

  /** The Olm ratchets against libolm and vodozemac. */
  @Command(
      name = "olm",
      description = {
        "Start Olm sessions and exchange messages, in turn with libolm and vodozemac (native code)",
        "in the same JVM. The ratio is our time to theirs."
      },
      mixinStandardHelpOptions = true,
      footer = {"", "Examples:", "  matrixrtc bench olm --quick", "  matrixrtc bench olm --json"})
  static final class Olm implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object per measurement.")
    private boolean json;

    @Option(names = "--quick", description = "One short fork each: to see that it works.")
    private boolean quick;

    @Override
    public Integer call() throws CommandFailure {
      OlmBenchmarkRun.Plan plan = quick ? OlmBenchmarkRun.Plan.QUICK : OlmBenchmarkRun.Plan.FULL;
      try {
        OlmBenchmarkRun.run(plan, json, System.out, System.err);
        return 0;
      } catch (RunnerException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }
  }

  /** The whole Olm machine, alone and against the Rust SDK. */
  @Command(
      name = "machine",
      description = {
        "Write one key event to 1,000 devices, take 10,000 events of 100 devices in one sync, read",
        "10,000 messages of a room, and",
        "hold the same dialogue as the Rust SDK in WebAssembly, in turn with it. Needs node and"
            + " npm",
        "for that; says so if they are missing. The ratio is our time to its."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  matrixrtc bench machine --quick",
        "  matrixrtc bench machine --json"
      })
  static final class Machine implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object per measurement.")
    private boolean json;

    @Option(names = "--quick", description = "One short fork each: to see that it works.")
    private boolean quick;

    @Override
    public Integer call() throws CommandFailure {
      MachineBenchmarkRun.Plan plan =
          quick ? MachineBenchmarkRun.Plan.QUICK : MachineBenchmarkRun.Plan.FULL;
      try {
        MachineBenchmarkRun.run(plan, json, System.out, System.err);
        return 0;
      } catch (RunnerException | IOException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }
  }

  /** The token service under load. */
  @Command(
      name = "authorize",
      description = {
        "Keep 100 requests in flight at the LiveKit token service, with a homeserver that answers",
        "after 20 ms. Prints how long requests take."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  matrixrtc bench authorize --quick",
        "  matrixrtc bench authorize --json"
      })
  static final class Authorize implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--quick", description = "Fewer requests: to see that it works.")
    private boolean quick;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
      AuthorizeBenchmarkRun.Plan plan =
          quick ? AuthorizeBenchmarkRun.Plan.QUICK : AuthorizeBenchmarkRun.Plan.FULL;
      try {
        AuthorizeBenchmarkRun.run(plan, json, System.out);
        return 0;
      } catch (IOException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }
  }

  /** A whole backup into a store on disk. */
  @Command(
      name = "restore",
      description = {
        "Make a backup of 100,000 keys, and restore it from the embedded homeserver into SQLite on",
        "disk. Prints keys in a second, and the memory and the disk that it took. Then the Rust SDK",
        "in WebAssembly restores 20,000 of them from a file into its memory. Needs node and npm for",
        "that; says so if they are missing."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  matrixrtc bench restore --quick",
        "  matrixrtc bench restore --keys 1000000 --no-peer",
        "  matrixrtc bench restore --keys 1000000 --interrupt",
        "  matrixrtc bench restore --beside",
        "  matrixrtc bench restore --json"
      })
  static final class Restore implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--quick", description = "5,000 keys: to see that it works.")
    private boolean quick;

    @Option(names = "--keys", paramLabel = "COUNT", description = "How many keys to restore.")
    private int keys;

    @Option(
        names = "--from-file",
        description = "From a file instead, and without a client, as `backup restore --from-file`.")
    private boolean fromFile;

    @Option(names = "--no-peer", description = "Without the Rust SDK.")
    private boolean alone;

    @Option(
        names = "--interrupt",
        description = {
          "From a file, in processes with a heap of 256 MB each: pause at a quarter of the keys, kill",
          "at half of them, and finish. Without the Rust SDK."
        })
    private boolean interrupt;

    @Option(
        names = "--beside",
        description = {
          "While 400,000 keys are restored, and with the restore paused: how long a single key",
          "takes, and 200 media keys for 20 devices each. Without the Rust SDK."
        })
    private boolean beside;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
      RestoreBenchmarkRun.Plan plan =
          quick ? RestoreBenchmarkRun.Plan.QUICK : RestoreBenchmarkRun.Plan.FULL;
      if (keys < 0) {
        throw new CommandFailure("--keys wants a number from 1 on");
      }
      if (keys > 0) {
        plan = plan.withKeys(keys);
      }
      if (beside && (interrupt || fromFile)) {
        throw new CommandFailure("--beside goes with neither --interrupt nor --from-file");
      }
      try {
        if (beside) {
          beside();
        } else if (interrupt) {
          RestoreBenchmarkRun.runInterrupted(plan, json, System.out, System.err);
        } else {
          RestoreBenchmarkRun.run(
              alone ? plan.alone() : plan,
              fromFile ? RestoreBenchmarkRun.From.FILE : RestoreBenchmarkRun.From.SERVER,
              json,
              System.out,
              System.err);
        }
        return 0;
      } catch (IOException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }

    private void beside() throws CommandFailure, IOException, InterruptedException {
      BesideRun.Plan plan = quick ? BesideRun.Plan.QUICK : BesideRun.Plan.FULL;
      try {
        BesideRun.run(keys > 0 ? plan.withKeys(keys) : plan, json, System.out);
      } catch (IllegalArgumentException e) {
        throw new CommandFailure("--keys: " + e.getMessage());
      }
    }
  }

  /** A large call, really played. */
  @Command(
      name = "call",
      description = {
        "Play a call of 100 devices over HTTP with the embedded homeserver in this JVM; then 30"
            + " join",
        "and 30 leave, one each 2 s, while five speak. Prints how long joiners take to hear them."
      },
      mixinStandardHelpOptions = true,
      footer = {"", "Examples:", "  matrixrtc bench call --quick", "  matrixrtc bench call --json"})
  static final class Call implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--quick", description = "12 devices, 3 joins: to see that it works.")
    private boolean quick;

    @Option(
        names = "--policy",
        paramLabel = "NAME",
        defaultValue = "demand",
        description = "The rotation policy (default: ${DEFAULT-VALUE}).")
    private String policy = "demand";

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
      LargeCallRun.Plan plan = quick ? LargeCallRun.Plan.QUICK : LargeCallRun.Plan.FULL;
      try {
        return LargeCallRun.run(plan, policy, json, System.out, System.err) ? 0 : 1;
      } catch (IOException | IllegalArgumentException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }
  }

  /** The widget bridge under load. */
  @Command(
      name = "widget",
      description = {
        "200 widgets that post 20 messages a second each through the bridge, at intended times, in",
        "turn with a bare Vert.x WebSocket that says back what it hears. And 2,000 idle sessions of",
        "one account: what they take of the heap."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  matrixrtc bench widget --quick",
        "  matrixrtc bench widget --json"
      })
  static final class Widget implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object per measurement.")
    private boolean json;

    @Option(names = "--quick", description = "One short round, 200 sessions: to see that it works.")
    private boolean quick;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
      WidgetBenchmarkRun.Plan plan =
          quick ? WidgetBenchmarkRun.Plan.QUICK : WidgetBenchmarkRun.Plan.FULL;
      try {
        WidgetBenchmarkRun.run(plan, json, System.out);
        return 0;
      } catch (IOException e) {
        throw new CommandFailure("the benchmark failed: " + e.getMessage());
      }
    }
  }
}

package io.matrixrtc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "demo --help",
        "simulate --help",
        "homeserver --help",
        "authorize --help",
        "backup --help",
        "backup status --help",
        "backup enable --help",
        "backup disable --help",
        "backup restore --help",
        "backup upload --help",
        "backup verify --help",
        "backup export --help",
        "backup import --help",
        "backup recovery-key --help",
        "backup preference --help",
        "bench --help",
        "bench frames --help",
        "bench olm --help",
        "bench machine --help",
        "bench authorize --help",
        "bench restore --help",
        "bench widget --help",
        "keys --help",
        "keys login --help",
        "keys status --help",
        "keys devices --help",
        "keys verify --help",
        "keys block --help",
        "keys sign --help",
        "keys sessions --help",
        "keys lacks --help",
        "keys export --help",
        "keys setup --help",
        "keys reset --help",
        "keys logout --help",
        "widget-host --help",
        "trace --help",
        "trace show --help"
      })
  void theHelpOfEveryCommandHasExamples_CLI_HELP(String line) {
    Run run = Run.of(line.split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: matrixrtc", "Examples:", "  matrixrtc ");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void wrongUsageEndsWithTwoAndSaysWhatWasWanted_CLI_USAGE() {
    Run.of("demo", "-n", "1").misusedWith("participants: want 2 to 32, got 1");
    Run.of("demo", "-n", "33").misusedWith("participants: want 2 to 32, got 33");
    Run.of("demo", "-n", "many").misusedWith("many");
    Run.of("demo", "--policy", "nonsense").misusedWith("nonsense", "strict");
    Run.of("demo", "--trust", "nonsense").misusedWith("nonsense");
    Run.of("demo", "--trust", "verified")
        .misusedWith("have not verified each other", "--trust cross-signed");
    Run.of("demo", "--port", "65536").misusedWith("port: want 0 to 65535, got 65536");
    Run.of("demo", "--accounts", "a.txt").misusedWith("--accounts goes with --homeserver");
    Run.of("homeserver", "--port", "65536").misusedWith("65536");
    Run.of("homeserver", "--server-name", "a b").misusedWith("not a server name");
    Run.of("simulate", "--preset", "201").misusedWith("preset: want one of 10, 50, 200", "201");
    Run.of("simulate", "--policies", "parity,lax")
        .misusedWith("rotation policy: want one of", "lax");
    Run.of("simulate", "--receivers", "ears").misusedWith("receivers: want walk or js, got ears");
    Run.of("authorize", "--bind", "8080", "--livekit-url", "ws://localhost:7880")
        .misusedWith("LIVEKIT_KEY and LIVEKIT_SECRET: want");
    Run.of("backup")
        .misusedWith("What about the backup? There are: status, enable, disable, restore");
    Run.of("backup", "restore").misusedWith("--store");
    Run.of("backup", "export", "--store", "a.db").misusedWith("FILE");
    Run.of("bench")
        .misusedWith(
            "Which benchmark? There are: frames, olm, machine, authorize, restore, call, widget");
    Run.of("keys").misusedWith("What? ", "devices", "lacks");
    Run.of("trace").misusedWith("What to do with a trace? There is: show");
    Run.of("trace", "show").misusedWith("FILE.jsonl");
    for (String option :
        List.of("--participants=4", "--seed=2", "--policy=parity", "--processes")) {
      Run.of("demo", "--scenario", "a.yaml", option)
          .misusedWith(option.replaceFirst("=.*", ""), "does not go with --scenario");
    }
    Run.of(
            "call",
            "--homeserver=http://localhost:1",
            "--user=a",
            "--password=b",
            "--room=!c:d",
            "--for=0")
        .misusedWith("--for: want 1 or more, got 0");
    Run.of("call", "--homeserver=localhost:8008", "--user=a", "--room=!c:d")
        .misusedWith("want a URL such as http://localhost:8008, got localhost:8008");
    for (String other :
        List.of("--user=a", "--homeserver=http://localhost:1", "--password-file=b")) {
      Run.of("widget-host", "--profile=p", other)
          .misusedWith("--profile: want no --homeserver, --user or --password-file");
    }
    Run.of("widget-host", "--homeserver=http://localhost:1", "--user=a")
        .misusedWith("--homeserver: want one --user and its --password-file");
    Run.of("widget-host", "--recovery-key-file=k")
        .misusedWith("--recovery-key-file: want --homeserver or --profile");
    Run.of(
            "widget-host",
            "--profile=p",
            "--livekit-url=ws://a",
            "--widget=http://b",
            "--key-file=k")
        .misusedWith("--livekit-url: want --key-file, and no --homeserver or --profile");
    Run.of("widget-host", "--link-lifetime=0")
        .misusedWith("--link-lifetime: want 1 to 1440 minutes");
    Run.of("widget-host", "--widget=ftp://a").misusedWith("--widget: want an http or https URL");
    Run.of("widget-host", "--widget=http:a").misusedWith("--widget: want an http or https URL");
    for (String own : List.of("http://127.0.0.1:8090/w", "HTTP://u@127.0.0.1:08090?$x")) {
      Run.of("widget-host", "--widget=" + own)
          .misusedWith("--widget: want another origin than the page's, http://127.0.0.1:8090");
    }
    Run.of("widget-host", "--port=80", "--widget=http://127.0.0.1/")
        .misusedWith("--widget: want another origin than the page's, http://127.0.0.1");
    Run.of("nonsense").misusedWith("nonsense");
    Run.of("demo", "--nonsense").misusedWith("--nonsense");
  }

  @Test
  void whatWasWrongIsNotPushedOffTheScreenByTheHelp_CLI_USAGE() {
    Run wrong = Run.of("demo", "--speed", "3");
    assertThat(wrong.err().lines().toList()).hasSize(2).first().asString().contains("--speed");
    assertThat(wrong.err()).endsWith("Try: matrixrtc demo --help\n");
    Run.of("dmo").misusedWith("Did you mean: matrixrtc demo?");
    Run nothing = Run.of();
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("Usage: matrixrtc", "Commands:", "demo");
  }
}

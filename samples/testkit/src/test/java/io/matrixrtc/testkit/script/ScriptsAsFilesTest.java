package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.scenario.Scenario;
import io.matrixrtc.testkit.scenario.ScenarioRun;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of the ten scripts expect no less than the scripts of their names. */
class ScriptsAsFilesTest {
  private static final Path FILES = Path.of("../../docs/scenarios");
  private static final TenScriptsTest TEN = new TenScriptsTest();

  private interface Script {
    void play(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol);
  }

  private record Pair(String file, String second, String third, Script script) {
    private Pair(String file, Script script) {
      this(file, "bob", "carol", script);
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Pair> pairs() {
    return Stream.of(
        new Pair("first-call", (call, a, b, c) -> TEN.firstCall_SCRIPT_FIRST(call, a, b)),
        new Pair("late-joiner", TEN::lateJoiner_SCRIPT_LATE),
        new Pair("leaver", TEN::leaver_SCRIPT_LEAVER),
        new Pair("rejoin", TEN::rejoin_SCRIPT_REJOIN),
        new Pair("reload", (call, a, b, c) -> TEN.reload_SCRIPT_RELOAD(call, a, b)),
        new Pair("second-device", "bob/laptop", "bob/phone", TEN::secondDevice_SCRIPT_SECOND),
        new Pair("crash", TEN::crash_SCRIPT_CRASH),
        new Pair("old-client", TEN::oldClient_SCRIPT_OLD),
        new Pair("unverified-device", "bob", "bob/old", TEN::unverifiedDevice_SCRIPT_UNVERIFIED),
        new Pair("trouble", TEN::troubleDuringARotation_SCRIPT_TROUBLE));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aFileExpectsAllThatItsScriptDoes_SCENARIO_SAME(Pair pair) throws Exception {
    String yaml = Files.readString(FILES.resolve(pair.file() + ".yaml"));
    Scenario scenario = Scenario.parse(yaml);
    Set<String> wanted;
    ScriptSettings settings = ScriptSettings.embedded().inVirtualTime().withTrust(scenario.trust());
    try (CallScript call = CallScript.open(settings)) {
      pair.script()
          .play(call, call.device("alice"), call.device(pair.second()), call.device(pair.third()));
      wanted = claims(call);
    }
    assertThat(wanted).isNotEmpty();
    assertThat(claimsOf(scenario)).containsAll(wanted);
  }

  /** A file that leaves one out is found. */
  @Test
  void aFileThatExpectsLessIsFound_SCENARIO_SAME() throws Exception {
    String yaml = Files.readString(FILES.resolve("first-call.yaml"));
    String claim = "bob to have used keys only once they were served";
    assertThat(claimsOf(Scenario.parse(yaml))).contains(claim);
    String less = yaml.replace("served-before-use: everyone", "served-before-use: alice");
    assertThat(claimsOf(Scenario.parse(less))).isNotEmpty().doesNotContain(claim);
  }

  private static Set<String> claimsOf(Scenario scenario) {
    ScenarioRun run = new ScenarioRun(scenario);
    ScriptSettings settings = run.settings(ScriptSettings.embedded()).inVirtualTime();
    try (CallScript call = CallScript.open(settings)) {
      assertThat(run.play(call, new ScenarioRun.Listener() {})).isEmpty();
      return claims(call);
    }
  }

  /** What was expected, without the names of moments, which are each script's own. */
  private static Set<String> claims(CallScript call) {
    Set<String> claims = new TreeSet<>();
    for (TraceEvent.Checked check : call.trace().events(TraceEvent.Checked.class)) {
      claims.add(
          check
              .claim()
              .replaceAll(" since .*", " since")
              .replaceAll(" before .*", " before")
              .replaceAll(" between .*", " between"));
    }
    return claims;
  }
}

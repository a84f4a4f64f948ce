package io.matrixrtc.testkit.script;

import io.matrixrtc.cases.Cases;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scripts that a call cannot do without, again and again: none may ever fail. */
class RepeatedScriptsTest {
  private interface Script {
    void play(CallScript call);
  }

  private static final List<Script> SCRIPTS =
      List.of(
          call -> scripts().firstCall_SCRIPT_FIRST(call, alice(call), bob(call)),
          call -> scripts().lateJoiner_SCRIPT_LATE(call, alice(call), bob(call), carol(call)),
          call -> scripts().leaver_SCRIPT_LEAVER(call, alice(call), bob(call), carol(call)),
          call -> scripts().rejoin_SCRIPT_REJOIN(call, alice(call), bob(call), carol(call)),
          call -> scripts().reload_SCRIPT_RELOAD(call, alice(call), bob(call)),
          call ->
              scripts()
                  .secondDevice_SCRIPT_SECOND(
                      call, alice(call), call.device("bob/laptop"), call.device("bob/phone")),
          call -> scripts().crash_SCRIPT_CRASH(call, alice(call), bob(call), carol(call)),
          call -> scripts().oldClient_SCRIPT_OLD(call, alice(call), bob(call), call.device("old")),
          call ->
              scripts()
                  .unverifiedDevice_SCRIPT_UNVERIFIED(
                      call, alice(call), bob(call), call.device("bob/old")),
          call ->
              scripts()
                  .troubleDuringARotation_SCRIPT_TROUBLE(
                      call, alice(call), bob(call), carol(call)));

  private static final int UNVERIFIED = 8;

  /** A script waits most of the time: for key delays, for syncs, for the next frame. */
  private static final int AT_ONCE = 24;

  /**
   * Real time: what HTTP takes longer on a full machine costs no media, and key delays are long.
   */
  private static final double SPEED = 1;

  @Test
  void noneOfTheScriptsFailsHoweverOftenTheyRun_SCRIPT_STABLE() {
    int scripts = SCRIPTS.size();
    Cases.runAtOnce(
        "scripted calls",
        1,
        Integer.getInteger("matrixrtc.script.repetitions", 100) * scripts,
        AT_ONCE,
        (seed, random) -> {
          int which = (int) (seed % scripts);
          ScriptSettings settings = ScriptSettings.embedded().withSeed(seed).atSpeed(SPEED);
          if (which == UNVERIFIED) {
            settings = settings.withTrust("cross-signed");
          }
          try (CallScript call = CallScript.open(settings)) {
            SCRIPTS.get(which).play(call);
          }
        });
  }

  private static TenScriptsTest scripts() {
    return new TenScriptsTest();
  }

  private static CallDevice alice(CallScript call) {
    return call.device("alice");
  }

  private static CallDevice bob(CallScript call) {
    return call.device("bob");
  }

  private static CallDevice carol(CallScript call) {
    return call.device("carol");
  }
}

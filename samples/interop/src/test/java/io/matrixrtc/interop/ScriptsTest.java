package io.matrixrtc.interop;

import io.matrixrtc.interop.MixedCall.Cast;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.Moment;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Scripts of the test kit in which some devices are matrix-js-sdk's: on our homeserver, or on the
 * one that {@code interop.homeserver} names. Frames are real, under the keys that each side made.
 */
@Tag("interop")
class ScriptsTest {
  private static final String HOMESERVER = System.getProperty("interop.homeserver", "");

  private static MixedCall open(Cast cast, String name) {
    ScriptSettings settings =
        HOMESERVER.isEmpty()
            ? ScriptSettings.embedded()
            : ScriptSettings.at(URI.create(HOMESERVER));
    return new MixedCall(settings, cast, "ScriptsTest." + name);
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void firstCall(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "firstCall")) {
      CallScript script = call.script;
      call.start(call.alice, call.bob);
      script.expect(cast == Cast.OUR_ALICE ? call.alice : call.bob).toHaveUsedKeysOnlyOnceServed();
      script.expect(call.alice).toGoOnHearing(call.bob);
      script.expect(call.bob).toGoOnHearing(call.alice);
      if (HOMESERVER.isEmpty()) { // the inside of another one is out of reach
        script.expectServer().notToHaveSeenAKeyOf(call.alice);
        script.expectServer().notToHaveSeenAKeyOf(call.bob);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void lateJoiner(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "lateJoiner")) {
      CallScript script = call.script;
      call.start(call.alice, call.bob);
      call.admit(call.carol);
      Moment join = call.carol.join();
      script.expectAll().toHearEachOther();
      script.expect(call.carol).not().toHear(call.alice).sentBefore(join);
      script.expect(call.carol).not().toHear(call.bob).sentBefore(join);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void leaver(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "leaver")) {
      CallScript script = call.script;
      call.start(call.alice, call.bob, call.carol);
      Moment leave = call.carol.leave();
      Moment rotated = script.expect(call.alice).toHaveRotatedSince(leave);
      script.expect(call.bob).toHaveRotatedSince(leave);
      script.expectAll().toHearEachOther();
      script.goOn(Duration.ofSeconds(1));
      script.expect(call.carol).not().toHear(call.alice).sentSince(rotated);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void rejoin(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "rejoin")) {
      CallScript script = call.script;
      call.start(call.alice, call.bob, call.carol);
      Moment leave = call.carol.leave();
      Moment rotated = script.expect(call.alice).toHaveRotatedSince(leave);
      script.goOn(Duration.ofSeconds(1));
      Moment back = call.carol.join();
      script.expectAll().toHearEachOther();
      script.expect(call.carol).not().toHear(call.alice).sentBetween(rotated, back);
    }
  }
}

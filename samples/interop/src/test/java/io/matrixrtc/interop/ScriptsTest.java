package io.matrixrtc.interop;

import static io.matrixrtc.interop.MixedCall.Player.JS_SDK;
import static io.matrixrtc.interop.MixedCall.Player.JS_SDK_39;
import static io.matrixrtc.interop.MixedCall.Player.OURS;

import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scripts of the test kit in which some devices are matrix-js-sdk's: on our homeserver, or on the
 * one that {@code interop.homeserver} names. Frames are real, under the keys that each side made.
 */
@Tag("interop")
@Execution(ExecutionMode.CONCURRENT)
class ScriptsTest {
  /** Which devices are matrix-js-sdk's. */
  enum Cast implements Function<String, MixedCall.Player> {
    /** The one that makes the room and from whom most is expected. */
    THEIR_ALICE,
    /** All others. */
    OUR_ALICE;

    @Override
    public MixedCall.Player apply(String device) {
      return device.equals("alice") == (this == THEIR_ALICE) ? JS_SDK : OURS;
    }
  }

  static MixedCall open(Cast cast, String script) {
    return ScriptPlayers.withJsSdk("ScriptsTest." + script + " " + cast, "all", cast);
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void firstCall(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "firstCall")) {
      MixedScripts.firstCall(call);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void lateJoiner(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "lateJoiner")) {
      MixedScripts.lateJoiner(call);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void leaver(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "leaver")) {
      MixedScripts.leaver(call);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void rejoin(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "rejoin")) {
      MixedScripts.rejoin(call);
    }
  }

  /** The process of a device of matrix-js-sdk dies, and another goes on with its store. */
  @ParameterizedTest
  @EnumSource(Cast.class)
  void reload(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "reload")) {
      MixedScripts.reload(call);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void secondDevice(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "secondDevice")) {
      MixedScripts.secondDevice(call);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void crash(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "crash")) {
      MixedScripts.crash(call);
    }
  }

  /** A current matrix-js-sdk does not speak to clients that have keys as room events only. */
  @Test
  void oldClient() throws Exception {
    try (MixedCall call =
        ScriptPlayers.withJsSdk(
            "ScriptsTest.oldClient", "all", device -> device.equals("old") ? JS_SDK_39 : OURS)) {
      MixedScripts.oldClient(call);
    }
  }

  /**
   * As the device that is not signed, and as the one that signs it. It gives keys to unsigned
   * devices, too, whatever its isolation mode: what is refused, we refuse.
   */
  @ParameterizedTest
  @ValueSource(strings = {"bob/old", "bob"})
  void unverifiedDevice(String theirs) throws Exception {
    try (MixedCall call =
        ScriptPlayers.withJsSdk(
            "ScriptsTest.unverifiedDevice " + theirs.replace('/', '-'),
            "cross-signed",
            device -> device.equals(theirs) ? JS_SDK : OURS)) {
      MixedScripts.unverifiedDevice(call);
    }
  }

  @ParameterizedTest
  @EnumSource(Cast.class)
  void troubleDuringARotation(Cast cast) throws Exception {
    try (MixedCall call = open(cast, "troubleDuringARotation")) {
      MixedScripts.troubleDuringARotation(call);
    }
  }
}

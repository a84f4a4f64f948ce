package io.matrixrtc.interop;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The script that needs our homeserver, as it makes the faults; else as {@link ScriptsTest}. */
@Tag("interop")
@Execution(ExecutionMode.CONCURRENT)
class ScriptsUnderFaultsTest {
  @ParameterizedTest
  @EnumSource(ScriptsTest.Cast.class)
  void troubleDuringARotation(ScriptsTest.Cast cast) throws Exception {
    try (MixedCall call = ScriptsTest.open(cast, "trouble")) {
      MixedScripts.troubleDuringARotation(call);
    }
  }
}

package io.matrixrtc.interop;

import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The script that needs our homeserver, as it makes the faults; else as BrowserScriptsTest. */
@Tag("interop")
class BrowserScriptsUnderFaultsTest {
  /** It is Element Call whose messages the homeserver answers with 429. */
  @Test
  void troubleDuringARotation() throws Exception {
    String name = "BrowserScriptsUnderFaultsTest.trouble";
    try (BrowserStage stage = new BrowserStage(name);
        MixedCall call = ScriptPlayers.withElementCall(stage, name, "all", Set.of("alice"))) {
      MixedScripts.troubleDuringARotation(call);
    }
  }
}

package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.junit.Device;
import io.matrixrtc.testkit.junit.ScriptedCallTest;
import org.junit.jupiter.api.Test;

/** VIRTUAL-SAME: the ten scripts again, without sockets and without waiting. */
@ScriptedCallTest(virtualTime = true)
class TenScriptsInVirtualTimeTest extends TenScriptsTest {
  @Test
  @Override
  @ScriptedCallTest(virtualTime = true, trust = "cross-signed")
  void unverifiedDevice_SCRIPT_UNVERIFIED(
      CallScript call, CallDevice alice, CallDevice bob, @Device("bob/old") CallDevice old) {
    super.unverifiedDevice_SCRIPT_UNVERIFIED(call, alice, bob, old);
  }
}

package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.junit.ScriptedCallTest;
import org.junit.jupiter.api.Test;

/** What goes wrong in calls, as scripts to copy from. */
@ScriptedCallTest
class TenScriptsTest {
  @Test
  void firstCall_SCRIPT_FIRST(CallScript call, CallDevice alice, CallDevice bob) {
    call.start(alice, bob);
    call.expectAll().toHearEachOther();
    call.expect(alice).toHaveUsedKeysOnlyOnceServed();
    call.expect(bob).toHaveUsedKeysOnlyOnceServed();
    call.expectServer().notToHaveSeenAKeyOf(alice);
    call.expectServer().notToHaveSeenAKeyOf(bob);
  }

  @Test
  void lateJoiner_SCRIPT_LATE(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol) {
    call.start(alice, bob);
    call.expectAll().toHearEachOther();
    Moment join = carol.join();
    call.expectAll().toHearEachOther();
    call.expect(carol).not().toHear(alice).sentBefore(join);
    call.expect(carol).not().toHear(bob).sentBefore(join);
  }

  @Test
  void leaver_SCRIPT_LEAVER(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol) {
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Moment leave = carol.leave();
    Moment rotated = call.expect(alice).toHaveRotatedSince(leave);
    call.expect(bob).toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    call.expect(carol).not().toHear(alice).sentSince(rotated);
  }
}

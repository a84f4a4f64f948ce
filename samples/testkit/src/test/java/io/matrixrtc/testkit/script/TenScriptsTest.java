package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.junit.Device;
import io.matrixrtc.testkit.junit.ScriptedCallTest;
import java.time.Duration;
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
    call.goOn(Duration.ofSeconds(1));
    call.expect(carol).not().toHear(alice).sentSince(rotated);
  }

  @Test
  void rejoin_SCRIPT_REJOIN(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol) {
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Moment leave = carol.leave();
    Moment rotated = call.expect(alice).toHaveRotatedSince(leave);
    call.goOn(Duration.ofSeconds(1));
    Moment back = carol.join();
    call.expectAll().toHearEachOther();
    call.expect(carol).not().toHear(alice).sentBetween(rotated, back);
  }

  @Test
  void reload_SCRIPT_RELOAD(CallScript call, CallDevice alice, CallDevice bob) {
    call.start(alice, bob);
    call.expectAll().toHearEachOther();
    Moment reload = bob.reload();
    call.expect(alice).toHaveServed(bob, reload);
    call.expectAll().toHearEachOther();
    call.expect(alice).toGoOnHearing(bob);
    call.expect(bob).toGoOnHearing(alice);
  }

  @Test
  void secondDevice_SCRIPT_SECOND(
      CallScript call,
      CallDevice alice,
      @Device("bob/laptop") CallDevice laptop,
      @Device("bob/phone") CallDevice phone) {
    call.start(alice, laptop);
    call.expectAll().toHearEachOther();
    phone.join();
    call.expectAll().toHearEachOther();
    Moment leave = laptop.leave();
    Moment rotated = call.expect(alice).toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    call.goOn(Duration.ofSeconds(1));
    call.expect(laptop).not().toHear(alice).sentSince(rotated);
    call.expect(phone).toGoOnHearing(alice);
  }

  @Test
  void crash_SCRIPT_CRASH(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol) {
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Moment crash = carol.crash();
    call.faults().deadManSwitchFires(carol);
    Moment rotated = call.expectAll().toHaveRotatedSince(crash);
    call.expectAll().toHearEachOther();
    call.goOn(Duration.ofSeconds(1));
    call.expect(carol).not().toHear(alice).sentSince(rotated);
    call.expect(carol).not().toHear(bob).sentSince(rotated);
  }

  @Test
  void oldClient_SCRIPT_OLD(CallScript call, CallDevice alice, CallDevice bob, CallDevice old) {
    alice.withKeys(KeyWiring.adaptive());
    bob.withKeys(KeyWiring.adaptive());
    old.withKeys(KeyWiring.roomEvents());
    call.start(alice, bob);
    call.expectAll().toHearEachOther();
    Moment join = old.join();
    call.expectAll().toHearEachOther();
    call.expect(old).not().toHear(alice).sentBefore(join);
    Moment leave = bob.leave();
    call.expect(alice).toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    call.expectServer().notToHaveSeenAKeyOf(alice);
    call.expectServer().notToHaveSeenAKeyOf(old);
  }

  @Test
  @ScriptedCallTest(trust = "cross-signed")
  void unverifiedDevice_SCRIPT_UNVERIFIED(
      CallScript call, CallDevice alice, CallDevice bob, @Device("bob/old") CallDevice old) {
    old.unsigned();
    call.start(alice, bob);
    call.expectAll().toHearEachOther();
    old.join();
    call.expect(alice).toHaveRefusedAKeyTo(old);
    call.expect(bob).toHaveRefusedAKeyTo(old);
    call.expect(old).not().toHaveAKeyOf(alice, bob);
    call.expect(old).not().toHear(alice).ever();
    old.signedBy(bob);
    call.expect(old).toHear(alice, bob);
    call.expectAll().toHearEachOther();
  }

  @Test
  void troubleDuringARotation_SCRIPT_TROUBLE(
      CallScript call, CallDevice alice, CallDevice bob, CallDevice carol) {
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Faults.Running limits =
        call.faults().of(alice).tooManyRequests("/sendToDevice/", 2, Duration.ofMillis(50));
    Faults.Running lost = call.faults().of(bob).loseAnswers("/sendToDevice/", 1);
    Moment leave = carol.leave();
    call.expectAll().toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    call.expect(alice).toHaveUsedKeysOnlyOnceServed();
    call.expect(limits).toHaveHappened();
    call.expect(lost).toHaveHappened();
    limits.end();
    lost.end();
    call.expect(bob).toGoOnHearing(alice);
  }
}

package io.matrixrtc.interop;

import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.Moment;
import java.time.Duration;
import java.util.List;

/**
 * The ten scripts of the test kit, for calls in which some devices are of other implementations. As
 * there, frames are real and under the keys that each side made; left out is only what nobody can
 * know of another implementation, or what it does otherwise on purpose.
 */
final class MixedScripts {
  private static final Duration A_WHILE = Duration.ofSeconds(1);

  private MixedScripts() {}

  static void firstCall(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    call.start(alice, bob);
    List.of(alice, bob).stream()
        .filter(call::isOurs)
        .forEach(device -> script.expect(device).toHaveUsedKeysOnlyOnceServed());
    bob.mute();
    bob.unmute();
    script.expect(alice).toGoOnHearing(bob);
    script.expect(bob).toGoOnHearing(alice);
    script.expectServer().notToHaveSeenAKeyOf(alice);
    script.expectServer().notToHaveSeenAKeyOf(bob);
    call.expectKeyMessagesInTheTrace(alice, bob);
  }

  static void lateJoiner(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice carol = call.device("carol");
    call.start(alice, bob);
    call.admit(carol);
    Moment join = carol.join();
    script.expectAll().toHearEachOther();
    List.of(alice, bob).stream()
        .filter(call::rotatesForJoiners)
        .forEach(device -> script.expect(carol).not().toHear(device).sentBefore(join));
  }

  static void leaver(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice carol = call.device("carol");
    call.start(alice, bob, carol);
    Moment leave = carol.leave();
    Moment alices = script.expect(alice).toHaveRotatedSince(leave);
    Moment bobs = script.expect(bob).toHaveRotatedSince(leave);
    script.expectAll().toHearEachOther();
    script.goOn(A_WHILE);
    script.expect(carol).not().toHear(alice).sentSince(alices);
    script.expect(carol).not().toHear(bob).sentSince(bobs);
  }

  static void rejoin(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice carol = call.device("carol");
    call.start(alice, bob, carol);
    Moment leave = carol.leave();
    Moment rotated = script.expect(alice).toHaveRotatedSince(leave);
    script.goOn(A_WHILE);
    Moment back = carol.join();
    script.expectAll().toHearEachOther();
    script.expect(carol).not().toHear(alice).sentBetween(rotated, back);
  }

  static void reload(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    call.start(alice, bob);
    Moment reload = bob.reload();
    if (call.tellsWhatItServes(alice)) {
      script.expect(alice).toHaveServed(bob, reload);
    } else {
      script.expect(alice).toHaveRotatedSince(reload);
    }
    script.expectAll().toHearEachOther();
    script.expect(alice).toGoOnHearing(bob);
    script.expect(bob).toGoOnHearing(alice);
  }

  static void secondDevice(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice laptop = call.device("bob/laptop");
    CallDevice phone = call.device("bob/phone");
    call.start(alice, laptop);
    call.admit(phone);
    phone.join();
    script.expectAll().toHearEachOther();
    Moment leave = laptop.leave();
    Moment rotated = script.expect(alice).toHaveRotatedSince(leave);
    script.expectAll().toHearEachOther();
    script.goOn(A_WHILE);
    script.expect(laptop).not().toHear(alice).sentSince(rotated);
    script.expect(phone).toGoOnHearing(alice);
  }

  static void crash(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice carol = call.device("carol");
    call.start(alice, bob, carol);
    Moment crash = carol.crash();
    script.faults().deadManSwitchFires(carol);
    Moment rotated = script.expectAll().toHaveRotatedSince(crash);
    script.expectAll().toHearEachOther();
    script.goOn(A_WHILE);
    script.expect(carol).not().toHear(alice).sentSince(rotated);
    script.expect(carol).not().toHear(bob).sentSince(rotated);
  }

  static void oldClient(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice old = call.device("old");
    call.speakToOldClients(alice, bob);
    call.start(alice, bob);
    call.admit(old);
    Moment join = old.join();
    script.expectAll().toHearEachOther();
    script.expect(old).not().toHear(alice).sentBefore(join);
    Moment leave = bob.leave();
    script.expect(alice).toHaveRotatedSince(leave);
    script.expectAll().toHearEachOther();
    script.expectServer().notToHaveSeenAKeyOf(alice);
    script.expectServer().notToHaveSeenAKeyOf(old);
    call.expectKeyMessagesInTheTrace(alice, old);
  }

  /** The old client, and one that does not speak to it: ours speaks to both. */
  static void oldClientBesideOneThatIgnoresIt(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice old = call.device("old").withKeys(KeyWiring.roomEvents());
    call.speakToOldClients(alice);
    call.start(alice, bob);
    call.admit(old);
    Moment join = old.join();
    script.expect(old).toHear(alice);
    script.expect(alice).toHear(old, bob);
    script.expect(bob).toGoOnHearing(alice);
    script.expect(old).not().toHear(alice).sentBefore(join);
    Moment leave = old.leave();
    Moment rotated = script.expect(alice).toHaveRotatedSince(leave);
    script.expectAll().toHearEachOther();
    script.goOn(A_WHILE);
    script.expect(old).not().toHear(alice).sentSince(rotated);
    script.expectServer().notToHaveSeenAKeyOf(alice);
    script.expectServer().notToHaveSeenAKeyOf(old);
  }

  /** With the trust requirement {@code cross-signed}. */
  static void unverifiedDevice(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice old = call.device("bob/old").unsigned();
    call.start(alice, bob);
    call.admit(old);
    old.join();
    List.of(alice, bob).stream()
        .filter(call::refusesUnsigned)
        .forEach(device -> script.expect(device).toHaveRefusedAKeyTo(old));
    script.expect(old).not().toHaveAKeyOf(alice, bob);
    script.expect(old).not().toHear(alice).ever();
    old.signedBy(bob);
    script.expect(old).toHear(alice, bob);
    script.expectAll().toHearEachOther();
  }

  /** 429 and lost answers. */
  static void troubleDuringARotation(MixedCall call) {
    CallScript script = call.script;
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    CallDevice carol = call.device("carol");
    call.start(alice, bob, carol);
    Faults.Running limits =
        script.faults().of(alice).tooManyRequests("/sendToDevice/", 2, Duration.ofMillis(50));
    Faults.Running lost = script.faults().of(bob).loseAnswers("/sendToDevice/", 1);
    Moment leave = carol.leave();
    script.expectAll().toHaveRotatedSince(leave);
    script.expectAll().toHearEachOther();
    if (call.isOurs(alice)) {
      script.expect(alice).toHaveUsedKeysOnlyOnceServed();
    }
    script.expect(limits).toHaveHappened();
    script.expect(lost).toHaveHappened();
    limits.end();
    lost.end();
    script.expect(bob).toGoOnHearing(alice);
  }
}

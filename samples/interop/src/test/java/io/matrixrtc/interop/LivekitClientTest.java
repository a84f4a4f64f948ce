package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The npm livekit-client in Chromium, with its own E2EEManager and worker, and media that goes
 * through the stand-in SFU. Its keys are those that MatrixRTC gave the participants.
 */
@Tag("interop")
class LivekitClientTest {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String ROOM = "call";
  private static final int SOME_PACKETS = 15;

  private World world;
  private Sfu sfu;
  private Browser browser;

  @BeforeEach
  void start(TestInfo info) throws Exception {
    String name = "LivekitClientTest." + info.getTestMethod().orElseThrow().getName();
    world = new World(name);
    sfu = Sfu.start(name);
    browser = Browser.start(name);
  }

  @AfterEach
  void stop() throws Exception {
    browser.close();
    sfu.close();
    world.close();
  }

  /** A page of a device, with every key that the device was given, and its own. */
  private Browser.Page page(CallParty device, List<? extends CallParty> members) throws Exception {
    Browser.Page page = browser.open(MediaKeys.identity(device.address()));
    page.keysOf(device, members);
    return page;
  }

  @Test
  void twoBrowsersHearAndSeeEachOtherWithTheKeysOfOurManagersAndNobodyElseDoes() throws Exception {
    OurDevice alice = world.ours("alice");
    OurDevice bob = world.ours("bob");
    String room = world.room(alice);
    bob.joinRoom(room);
    OurCall atAlice = OurCall.join(alice, room);
    OurCall atBob = OurCall.join(bob, room);
    List<OurCall> members = List.of(atAlice, atBob);
    CallKeyScenarios.awaitKeysOfAll(members);

    Browser.Page one = page(atAlice, members);
    Browser.Page two = page(atBob, members);
    one.join(sfu.login(one.identity(), ROOM), true);
    two.join(sfu.login(two.identity(), ROOM), false);
    one.publish(true, true);
    two.publish(true, true);
    // It has no key of the one, and another key of the other at the very index.
    Browser.Page eve = browser.open("eve");
    eve.key(
        one.identity(), atAlice.ownKey().index(), Base64.getEncoder().encodeToString(new byte[16]));
    eve.join(sfu.login(eve.identity(), ROOM), true);

    one.awaitMedia(two.identity());
    two.awaitMedia(one.identity());
    assertThat(one.failures()).isEmpty();
    assertThat(two.failures()).isEmpty();
    for (String sender : List.of(one.identity(), two.identity())) {
      await().atMost(SOON).until(() -> eve.packets(sender, Media.AUDIO) > SOME_PACKETS);
      await().atMost(SOON).until(() -> eve.packets(sender, Media.VIDEO) > SOME_PACKETS);
      assertThat(eve.framesSeen(sender)).isZero();
      assertThat(eve.energyHeard(sender)).isZero();
    }
    assertThat(eve.failures())
        .extracting(Browser.Failure::reason)
        .contains(Browser.Page.WRONG_KEY, Browser.Page.MISSING_KEY);
  }

  /** The browser has only keys that matrix-js-sdk received, and its own. */
  @Test
  void weOpenTheFramesOfABrowserAndItDecodesOursWithTheKeysOfMatrixJsSdk() throws Exception {
    OurDevice alice = world.ours("alice");
    String room = world.room(alice);
    Peer bob = world.peer(JsSdkTest.COMMAND, world.account("bob"), "BOBDEVICE");
    bob.joinRoom(room);
    await().atMost(SOON).until(() -> bob.knows(alice.address()));
    OurCall atAlice = OurCall.join(alice, room);
    bob.joinCall(room);
    List<CallParty> members = List.of(atAlice, bob);
    CallKeyScenarios.awaitKeysOfAll(members);

    Browser.Page page = page(bob, members);
    page.join(sfu.login(page.identity(), ROOM), true);
    page.publish(true, true);
    String us = MediaKeys.identity(alice.address());
    try (RawParticipant raw = sfu.raw(us, ROOM)) {
      Mirror.play(
          raw,
          page.identity(),
          atAlice.keysOf(bob.address()),
          atAlice.keysOf(alice.address()),
          List.of(page),
          us);
    }
    assertThat(page.failures()).isEmpty();
  }
}

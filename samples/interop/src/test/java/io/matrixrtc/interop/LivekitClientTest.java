package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
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
  private static final String ROOM = SfuScenarios.ROOM;

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

  @Test
  void twoBrowsersHearAndSeeEachOtherWithTheKeysOfOurManagersAndNobodyElseDoes() throws Exception {
    SfuScenarios.twoBrowsersHearAndSeeEachOtherAndNobodyElseDoes(
        world, browser, identity -> sfu.login(identity, SfuScenarios.ROOM));
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

    Browser.Page page = SfuScenarios.page(browser, bob, members);
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

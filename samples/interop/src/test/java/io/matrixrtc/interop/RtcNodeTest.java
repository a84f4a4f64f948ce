package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * LiveKit's Node SDK with its native cryptor, our media layer and livekit-client in Chromium in one
 * call through the stand-in SFU, with the keys that our managers gave each other.
 */
@Tag("interop")
class RtcNodeTest {
  private static final String ROOM = "call";

  @Test
  void nativeBrowserAndOursHearAndSeeEachOtherAndWithAWrongKeyNobodyDoes() throws Exception {
    String name = "RtcNodeTest";
    try (World world = new World(name);
        Sfu sfu = Sfu.start(name);
        Browser browser = Browser.start(name)) {
      OurDevice alice = world.ours("alice");
      OurDevice bob = world.ours("bob");
      OurDevice carol = world.ours("carol");
      String room = world.room(alice);
      bob.joinRoom(room);
      carol.joinRoom(room);
      OurCall atAlice = OurCall.join(alice, room);
      OurCall atBob = OurCall.join(bob, room);
      OurCall atCarol = OurCall.join(carol, room);
      List<OurCall> members = List.of(atAlice, atBob, atCarol);
      CallKeyScenarios.awaitKeysOfAll(members);
      CallKey bobs = atBob.ownKey();
      List<CallKey> alices = atAlice.keysOf(alice.address());

      Browser.Page page = browser.open(MediaKeys.identity(carol.address()));
      page.keysOf(atCarol, members);
      page.join(sfu.login(page.identity(), ROOM), true);
      page.publish(true, true);
      String us = MediaKeys.identity(alice.address());
      try (RtcNode node = RtcNode.join(name, sfu.login(MediaKeys.identity(bob.address()), ROOM));
          RtcNode eve = RtcNode.join(name + "-eve", sfu.login("eve", ROOM));
          RawParticipant raw = sfu.raw(us, ROOM)) {
        node.keysOf(atBob, members);
        // It goes on sending with this one, and we with ours: our managers may have others by now.
        node.key(node.identity(), bobs.index(), bobs.base64());
        node.publish();
        eve.key(node.identity(), bobs.index(), Base64.getEncoder().encodeToString(new byte[16]));

        node.awaitMedia(page.identity());
        page.awaitMedia(node.identity());
        Mirror.play(
            raw, node.identity(), atAlice.keysOf(bob.address()), alices, List.of(node, page), us);
        assertThat(page.failures()).isEmpty();

        assertThat(eve.framesSeen(node.identity())).isZero();
        assertThat(eve.energyHeard(node.identity()))
            .as("nothing but the noise that fills gaps, which grows with time as the tone does")
            .isLessThan(page.energyHeard(node.identity()) / 100);
        assertThat(eve.framesSeen(us)).isZero();
        // Control: it lacked nothing but the key.
        eve.key(node.identity(), bobs.index(), bobs.base64());
        await()
            .atMost(MediaPeer.SOON)
            .pollInterval(MediaPeer.OFTEN)
            .until(() -> eve.energyHeard(node.identity()) > MediaPeer.SOME_ENERGY);
      }
    }
  }
}

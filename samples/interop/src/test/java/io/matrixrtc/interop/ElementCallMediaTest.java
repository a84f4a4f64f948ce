package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.TrustRequirement;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Media of the unmodified Element Call in Chromium under the keys that it exchanged by encrypted
 * to-device messages: others open its frames, and it shows what they have sealed.
 */
@Tag("interop")
final class ElementCallMediaTest {
  private static final int MANY_PACKETS = 100;

  private static String name(TestInfo info) {
    return "ElementCallMediaTest." + info.getTestMethod().orElseThrow().getName();
  }

  /** Its lobby. */
  private static HostedPage open(HostedCall call) {
    HostedPage page = call.page("alice", ColorScheme.LIGHT);
    ElementCallEars.keepConnections(page.page());
    return page.open(call.link("alice")).awaitLobby();
  }

  /** A key that nobody was given, where a device's own one is. */
  private static List<CallKey> another(CallKey key) {
    byte[] material = Base64.getDecoder().decode(key.base64());
    for (int i = 0; i < material.length; i++) {
      material[i] ^= 0x55;
    }
    return List.of(
        new CallKey(key.owner(), key.index(), Base64.getEncoder().encodeToString(material)));
  }

  private static OurCall ours(HostedCall call, String name) throws Exception {
    OurDevice device = call.participant(name);
    return OurCall.join(
        device, call.server().roomId(), TrustRequirement.CROSS_SIGNED, call.tokenService(device));
  }

  /** Each opens what Element Call sends; it decodes what is sealed under the key that it has. */
  private static void assertDecodes(
      HostedCall call, HostedPage page, DeviceAddress alice, CallParty bob, CallParty carol)
      throws Exception {
    page.await(() -> page.hasKeysOf(bob.address()) && page.hasKeysOf(carol.address()));
    page.page().keyboard().press("Escape");
    String us = MediaKeys.identity(alice);
    ElementCallEars ears = ElementCallEars.of(page, us);

    String wrong = MediaKeys.identity(carol.address());
    RawParticipant hers = call.atSfu(carol.address());
    ears.meet(wrong, hers);
    Mirror.play(
        hers,
        us,
        carol.keysOf(alice),
        another(carol.ownKey()),
        media -> assertThat(ears.packets(wrong, media)).isGreaterThan(MANY_PACKETS));

    String right = MediaKeys.identity(bob.address());
    RawParticipant his = call.atSfu(bob.address());
    ears.meet(right, his);
    Mirror.play(his, us, bob.keysOf(alice), List.of(bob.ownKey()), List.of(ears), right);
    page.await(() -> ears.shown("bob") > 0);
    page.screenshot("media-light-1280");

    assertThat(ears.framesSeen(wrong)).as("by a key that was not sent").isZero();
    assertThat(ears.energyHeard(wrong)).as("by a key that was not sent").isZero();
    assertThat(ears.shown("carol")).isZero();
  }

  @Test
  void whatAJavaParticipantSealsUnderTheKeyThatItSentIsShownAndPlayed(TestInfo info)
      throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "alice");
        OurCall bob = ours(call, "bob");
        OurCall carol = ours(call, "carol")) {
      HostedPage page = open(call);
      DeviceAddress alice = new DeviceAddress(call.userId("alice"), page.deviceId());
      page.join();
      page.await(() -> !bob.keysOf(alice).isEmpty() && !carol.keysOf(alice).isEmpty());
      assertThat(bob.evidenceOf(alice))
          .containsOnly(new SenderEvidence.OlmDevice(alice, SenderEvidence.Trust.CROSS_SIGNED));
      assertDecodes(call, page, alice, bob, carol);
      page.hangUp();
    }
  }

  /** It has no media layer; ours takes its place, with the keys that it has. */
  @Test
  void whatIsSealedUnderTheKeyThatMatrixJsSdkSentIsShownAndPlayed(TestInfo info) throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "alice")) {
      Peer bob = call.jsSdk("bob");
      HostedPage page = open(call);
      DeviceAddress alice = new DeviceAddress(call.userId("alice"), page.deviceId());
      page.await(() -> knows(bob, alice)); // it gives a device that it does not know no key
      try (OurCall carol = ours(call, "carol")) {
        page.join();
        bob.joinCall(call.server().roomId(), call.tokenService(bob.address()));
        page.await(() -> !bob.keysOf(alice).isEmpty() && !carol.keysOf(alice).isEmpty());
        assertDecodes(call, page, alice, bob, carol);
        page.hangUp();
      }
    }
  }

  private static boolean knows(Peer peer, DeviceAddress device) {
    try {
      return peer.knows(device);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

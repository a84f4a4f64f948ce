package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.TrustRequirement;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The unmodified Element Call in Chromium without a host: it syncs, encrypts and sends its keys by
 * itself, on our homeserver. The other side is Java, or Element Call in our bridge.
 */
@Tag("interop")
final class ElementCallAloneTest {
  private static final Path SHOTS = Path.of("target", "screenshots");

  private static String name(TestInfo info) {
    return "ElementCallAloneTest." + info.getTestMethod().orElseThrow().getName();
  }

  private static Set<CallKey> keys(OurCall ours, DeviceAddress owner) {
    return new HashSet<>(ours.keysOf(owner));
  }

  @Test
  void keysAndMediaGoBothWaysAndKeysAgainAfterAReJoin(TestInfo info) throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "host")) {
      OurDevice bob = call.trusting("bob");
      try (OurCall ours =
          OurCall.join(bob, call.server().roomId(), TrustRequirement.ALL, call.tokenService(bob))) {
        AlonePage page = call.alone("alice");
        DeviceAddress alice = page.address();
        ElementCallEars.keepConnections(page.page());
        page.open().join();
        page.await(() -> ours.members().contains(alice));
        page.await(() -> !ours.keysOf(alice).isEmpty());
        assertThat(ours.evidenceOf(alice))
            .as("by its own Olm machine")
            .containsOnly(new SenderEvidence.OlmDevice(alice, SenderEvidence.Trust.KNOWN));

        ElementCallEars ears = ElementCallEars.of(page.page(), MediaKeys.identity(alice));
        String us = MediaKeys.identity(bob.address());
        RawParticipant raw = call.atSfu(bob.address());
        ears.meet(us, raw);
        Mirror.play(
            raw,
            MediaKeys.identity(alice),
            ours.keysOf(alice),
            List.of(ours.ownKey()),
            List.of(ears),
            us);
        page.await(() -> ears.shown("bob") > 0);
        page.screenshot(SHOTS.resolve("alone-1280.png"));

        Set<CallKey> before = keys(ours, alice);
        page.hangUp();
        page.await(() -> !ours.members().contains(alice));
        page.page().navigate("about:blank");
        page.open().join();
        page.await(() -> !before.containsAll(keys(ours, alice)));
        page.hangUp();
        page.await(() -> !ours.members().contains(alice));
      }
    }
  }

  @Test
  void itAndOneThatIsHostedSeeEachOther(TestInfo info) throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "host");
        HostCommand host = call.command(call.account("bob"), HostCommand.freePort())) {
      HostedPage bob = call.page("bob", ColorScheme.LIGHT);
      ElementCallEars.keepConnections(bob.page());
      bob.open(host.link()).join();
      AlonePage alice = call.alone("alice");
      ElementCallEars.keepConnections(alice.page());
      alice.open().join();
      bob.await(() -> bob.hasKeysOf(alice.address()));
      bob.page().keyboard().press("Escape");
      DeviceAddress bobs = new DeviceAddress(call.userId("bob"), bob.deviceId());
      ElementCallEars atAlice =
          ElementCallEars.of(alice.page(), MediaKeys.identity(alice.address()));
      ElementCallEars atBob = ElementCallEars.of(bob, MediaKeys.identity(bobs));
      alice.await(() -> atAlice.shown("bob") > MediaHearer.ENOUGH_FRAMES);
      bob.await(() -> atBob.shown("alice") > MediaHearer.ENOUGH_FRAMES);
      alice.screenshot(SHOTS.resolve("alone-with-hosted-1280.png"));
      alice.hangUp();
      bob.hangUp();
    }
  }
}

package io.matrixrtc.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.WebSocket;
import com.microsoft.playwright.options.ColorScheme;
import io.matrixrtc.cli.widget.ElementCallFiles;
import io.matrixrtc.cli.widget.WidgetHostServer;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.TrustRequirement;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The unmodified Element Call in Chromium, hosted by us; the other side is Java, matrix-js-sdk, or
 * Element Call.
 */
@Tag("interop")
final class ElementCallTest {
  private static final String FILES =
      "b58187e1beb9940a4b6561a9946169d12483716ac5018f6db968ad16a374cb29";

  private static String name(TestInfo info) {
    return "ElementCallTest." + info.getTestMethod().orElseThrow().getName();
  }

  private static DeviceAddress address(HostedCall call, String user, HostedPage page) {
    return new DeviceAddress(call.userId(user), page.deviceId());
  }

  @Test
  void theFilesAreThoseOfThePublishedPackage() throws Exception {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    Path folder = ElementCallFiles.fetched(HostedCall.CACHE);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        hash.update(folder.relativize(file).toString().replace('\\', '/').getBytes(UTF_8));
        hash.update(Files.readAllBytes(file));
      }
    }
    assertThat(HexFormat.of().formatHex(hash.digest())).isEqualTo(FILES);
  }

  private static void listen(WebSocket relay, List<String> frames) {
    relay.onFrameSent(frame -> frames.add(frame.text()));
    relay.onFrameReceived(frame -> frames.add(frame.text()));
  }

  /** Media keys and tokens pass the page, and are neither on it nor in what it copies. */
  private static void assertSecretsAreMasked(
      HostedPage page, List<String> frames, List<CallKey> keys) {
    page.expandTraffic();
    String copied = page.copyTraffic();
    String all = String.join("\n", frames);
    List<String> secrets = new ArrayList<>();
    Pattern.compile("access_token\\\\\":\\\\\"([^\\\\]+)")
        .matcher(all)
        .results()
        .forEach(token -> secrets.add(token.group(1)));
    assertThat(secrets).as("control: OpenID tokens went by").isNotEmpty();
    keys.forEach(key -> secrets.add(key.base64().replace("=", "")));
    for (String secret : secrets) {
      assertThat(all.contains(secret)).as("control: it went by").isTrue();
      assertThat(page.page().content().contains(secret)).as("on the page").isFalse();
      assertThat(copied.contains(secret)).as("copied").isFalse();
    }
    assertThat(page.text("#log")).contains("io.element.call.encryption_keys", "matrix_server_name");
    assertThat(copied).contains("io.element.call.encryption_keys", "matrix_server_name");
  }

  @Test
  void itJoinsWithADelayedLeaveAndExchangesKeysWithAJavaParticipant(TestInfo info)
      throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "alice")) {
      List<Exchange> requests = new CopyOnWriteArrayList<>();
      call.server().homeserver().orElseThrow().requestLog().listen(requests::add);
      OurDevice bob = call.participant("bob");
      try (OurCall ours =
          OurCall.join(
              bob, call.server().roomId(), TrustRequirement.CROSS_SIGNED, call.tokenService(bob))) {
        HostedPage page = call.page("alice", ColorScheme.DARK);
        List<String> frames = new ArrayList<>();
        page.page().onWebSocket(relay -> listen(relay, frames));
        page.open(call.link("alice")).awaitLobby();
        page.screenshot("lobby-dark-1280");
        page.join();
        DeviceAddress alice = address(call, "alice", page);
        page.await(() -> ours.members().contains(alice));
        page.await(() -> !ours.keysOf(alice).isEmpty());
        assertThat(ours.evidenceOf(alice))
            .containsOnly(new SenderEvidence.OlmDevice(alice, SenderEvidence.Trust.CROSS_SIGNED));
        page.await(() -> page.hasKeysOf(bob.address()));
        page.page().keyboard().press("Escape");
        page.screenshots("call");
        assertSecretsAreMasked(page, frames, ours.keysOf(alice));
        assertThat(requests)
            .as("the leave that the homeserver sends if nobody restarts it")
            .anyMatch(
                one ->
                    one.requestText().startsWith("PUT")
                        && one.requestText().contains("delay")
                        && one.requestText().contains("org.matrix.msc3401.call.member"));
        page.await(() -> requests.stream().anyMatch(one -> one.path().endsWith("/restart")));
        page.hangUp();
        page.await(() -> !ours.members().contains(alice));
        page.screenshot("over-dark-1280");
      }
    }
  }

  @Test
  void itExchangesKeysBothWaysWithMatrixJsSdk(TestInfo info) throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "alice")) {
      Peer bob = call.jsSdk("bob");
      HostedPage page = call.open("alice", ColorScheme.DARK).awaitLobby();
      DeviceAddress alice = address(call, "alice", page);
      while (!bob.knows(alice)) { // it gives a device that it does not know no key, for ever
        page.page().waitForTimeout(200);
      }
      page.join();
      bob.joinCall(call.server().roomId(), call.tokenService(bob.address()));
      page.await(() -> page.hasKeysOf(bob.address()));
      page.await(() -> !bob.keysOf(alice).isEmpty());
      assertThat(bob.received(CallKeyScenarios.KEYS))
          .isNotEmpty()
          .allSatisfy(
              received -> {
                assertThat(received.encrypted()).isTrue();
                assertThat(received.sender()).isEqualTo(alice.userId());
                assertThat(received.senderDevice()).isEqualTo(alice.deviceId());
              });
      page.screenshots("keys");
      page.hangUp();
    }
  }

  @Test
  void aServerThatWasStartedAgainIsToldOfPlainlyAndANewLinkGoesOn(TestInfo info) throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "bob")) {
      Peer.Account account = call.account("alice");
      HostedPage alice = call.page("alice", ColorScheme.LIGHT).throughUs();
      int port;
      try (WidgetHostServer first = call.another(account, 0)) {
        URI link = URI.create(first.link(account.userId()));
        port = link.getPort();
        alice.open(link.toString()).join();
        assertThat(alice.text("#advice-text")).contains("is not signed by you");
        alice.screenshot("unsigned-light-1280");
        alice.cut();
        alice.await(() -> alice.text("#status").contains("Connection lost"));
      }
      try (WidgetHostServer second = call.another(account, port)) {
        alice.reconnect();
        alice.await(() -> alice.text("#stage").contains("the server does not know it any more"));
        assertThat(alice.page().locator("#stage iframe").count()).as("camera is off").isZero();
        alice.screenshot("restarted-light-1280");
        alice.open(second.link(account.userId())).join().hangUp();
      }
    }
  }

  @Test
  void aServerThatIsKilledInMidCallIsNoticedAndTheNextOneExchangesKeysAnew(TestInfo info)
      throws Exception {
    try (HostedCall call = new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "bob")) {
      Peer.Account account = call.account("alice");
      HostedPage alice = call.page("alice", ColorScheme.LIGHT);
      OurDevice carol = call.trusting("carol");
      int port = HostCommand.freePort();
      try (OurCall hers =
          OurCall.join(
              carol, call.server().roomId(), TrustRequirement.ALL, call.tokenService(carol))) {
        try (HostCommand first = call.command(account, port)) {
          alice.open(first.link()).join();
          awaitKeys(alice, hers, new DeviceAddress(account.userId(), alice.deviceId()), carol);
          first.kill();
          alice.await(() -> alice.text("#status").contains("Connection lost"));
          assertThat(alice.page().locator("#stage iframe").count()).as("it may come back").isOne();
        }
        try (HostCommand second = call.command(account, port)) {
          alice.await(() -> alice.text("#stage").contains("the server does not know it any more"));
          assertThat(alice.page().locator("#stage iframe").count()).as("camera is off").isZero();
          alice.open(second.link()).join();
          DeviceAddress anew = new DeviceAddress(account.userId(), alice.deviceId());
          awaitKeys(alice, hers, anew, carol);
          alice.hangUp();
          alice.await(() -> !hers.members().contains(anew));
        }
      }
    }
  }

  /** A page's device and one of ours are in the call and have each other's keys. */
  private static void awaitKeys(
      HostedPage page, OurCall other, DeviceAddress device, OurDevice others) {
    page.await(() -> other.members().contains(device));
    page.await(() -> !other.keysOf(device).isEmpty());
    page.await(() -> page.hasKeysOf(others.address()));
  }

  @Test
  void twoOfThemSeeEachOtherOverALostConnectionAndAReload(TestInfo info) throws Exception {
    try (HostedCall call =
        new HostedCall(name(info), HostedCall.Options.ELEMENT_CALL, "alice", "bob")) {
      HostedPage alice =
          call.page("alice", ColorScheme.LIGHT).throughUs().open(call.link("alice")).join();
      HostedPage bob = call.open("bob", ColorScheme.DARK).join();
      DeviceAddress first = address(call, "alice", alice);
      DeviceAddress second = address(call, "bob", bob);
      alice.await(() -> alice.hasKeysOf(second) && bob.hasKeysOf(first));
      alice.screenshot("call-light-1280");
      bob.inspect("traffic");
      bob.screenshots("traffic");

      OurDevice carol = call.participant("carol");
      alice.cut();
      try (OurCall hers =
          OurCall.join(
              carol,
              call.server().roomId(),
              TrustRequirement.CROSS_SIGNED,
              call.tokenService(carol))) {
        alice.page().waitForTimeout(5_000);
        assertThat(hers.keysOf(first)).as("nothing comes from the page").isEmpty();
        alice.reconnect();
        alice.await(() -> alice.text("#status").isEmpty());
        alice.await(() -> alice.hasKeysOf(carol.address()));
        alice.await(() -> !hers.keysOf(first).isEmpty());
        hers.leave();
      }

      alice.clearTraffic();
      bob.page().reload();
      bob.join();
      DeviceAddress again = address(call, "bob", bob);
      assertThat(again).as("the same device").isEqualTo(second);
      alice.await(() -> alice.showsKeysBothWays(second)); // new ones: the others were before
      alice.await(() -> alice.hasKeysOf(second) && bob.hasKeysOf(first));
      assertThat(bob.events()).contains("loaded again");
      bob.hangUp();
      alice.hangUp();
    }
  }

  @Test
  void onSmallScreensAndByKeyboardTheUserDecides(TestInfo info) throws Exception {
    try (HostedCall call =
        new HostedCall(name(info), new HostedCall.Options(Optional.empty(), true), "alice")) {
      HostedPage page = call.open("alice", ColorScheme.LIGHT);
      page.page().locator("#consent[open]").waitFor();
      page.screenshot("consent-light-1280");
      page.page().setViewportSize(360, 740);
      page.screenshot("consent-light-360");
      page.page().keyboard().press("Tab");
      page.page().keyboard().press("Enter"); // from "Allow nothing" to "Allow what is ticked"
      page.page().setViewportSize(1280, 800);
      page.awaitLobby();
      page.inspect("grants");
      assertThat(page.page().locator("#grant-list .granted").count()).isGreaterThan(40);
      page.screenshot("grants-light-1280");
      page.page().setViewportSize(360, 740);
      page.screenshot("grants-light-360");
      page.page().keyboard().press("Escape");
      assertThat(page.page().locator("#panel").isVisible()).isFalse();
      page.screenshot("lobby-light-360");
      int width = (int) page.page().evaluate("document.documentElement.scrollWidth");
      assertThat(width).as("no sideways scrolling").isLessThanOrEqualTo(360);
      Object inner = page.page().frames().get(1).evaluate("innerWidth");
      assertThat(inner).as("the widget has all of it").isEqualTo(360);
    }
  }
}

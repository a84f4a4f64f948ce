package io.matrixrtc.interop;

import io.matrixrtc.testkit.peers.ElementCallBrowser;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Scripts of the test kit in which one device is Element Call in a browser, in the part where it
 * has most to do: on our homeserver, or on the one that {@code interop.homeserver} names.
 */
@Tag("interop")
class BrowserScriptsTest {
  private static ElementCallBrowser browser;

  @BeforeAll
  static void start() {
    browser = new ElementCallBrowser();
  }

  @AfterAll
  static void stop() {
    browser.close();
  }

  private interface Script {
    void play(MixedCall call);
  }

  private static void play(String name, String inBrowser, Script script) throws Exception {
    play(name, inBrowser, "all", script);
  }

  private static void play(String name, String inBrowser, String trust, Script script)
      throws Exception {
    try (MixedCall call =
        ScriptPlayers.withElementCall(
            browser, "BrowserScriptsTest." + name, trust, Set.of(inBrowser))) {
      script.play(call);
    }
  }

  @Test
  void firstCall() throws Exception {
    play("firstCall", "bob", MixedScripts::firstCall);
  }

  @Test
  void lateJoiner() throws Exception {
    play("lateJoiner", "carol", MixedScripts::lateJoiner);
  }

  /** It stays, and makes a new key for the leave. */
  @Test
  void leaver() throws Exception {
    play("leaver", "bob", MixedScripts::leaver);
  }

  @Test
  void rejoin() throws Exception {
    play("rejoin", "carol", MixedScripts::rejoin);
  }

  @Test
  void reload() throws Exception {
    play("reload", "bob", MixedScripts::reload);
  }

  @Test
  void secondDevice() throws Exception {
    play("secondDevice", "bob/phone", MixedScripts::secondDevice);
  }

  @Test
  void crash() throws Exception {
    play("crash", "carol", MixedScripts::crash);
  }

  @Test
  void unverifiedDevice() throws Exception {
    play("unverifiedDevice", "bob/old", "cross-signed", MixedScripts::unverifiedDevice);
  }

  /** To whose room events it has no answer. */
  @Test
  void oldClient() throws Exception {
    play("oldClient", "bob", MixedScripts::oldClientBesideOneThatIgnoresIt);
  }

  /** It is Element Call whose messages the homeserver answers with 429. */
  @Test
  void troubleDuringARotation() throws Exception {
    play("troubleDuringARotation", "alice", MixedScripts::troubleDuringARotation);
  }
}

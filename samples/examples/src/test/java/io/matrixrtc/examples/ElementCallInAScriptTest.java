package io.matrixrtc.examples;

import io.matrixrtc.testkit.junit.PlayedBy;
import io.matrixrtc.testkit.junit.ScriptedCallTest;
import io.matrixrtc.testkit.peers.ElementCallBrowser;
import io.matrixrtc.testkit.peers.JsSdk;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.Moment;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Scripts in which a device is Element Call in a browser. They need Chromium, Node and npm, and are
 * run by {@code samples/interop/run element-call}.
 */
@Tag("interop")
class ElementCallInAScriptTest {
  /** All three kinds of participants in one call. */
  @Test
  @ScriptedCallTest
  void aLeaverHearsNoMoreOfElementCall(
      CallScript call,
      CallDevice alice,
      @PlayedBy(ElementCallBrowser.class) CallDevice bob,
      @PlayedBy(JsSdk.class) CallDevice carol) {
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Moment leave = carol.leave();
    Moment rotated = call.expect(bob).toHaveRotatedSince(leave);
    call.expect(bob).toHaveServed(alice, leave);
    call.expectAll().toHearEachOther();
    call.goOn(Duration.ofSeconds(1));
    call.expect(carol).not().toHear(bob).sentSince(rotated);
  }

  /** The same without the JUnit extension. */
  @Test
  void theyHearEachOther() {
    try (ElementCallBrowser browser = new ElementCallBrowser();
        CallScript call = CallScript.open(ScriptSettings.embedded().with(browser))) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob").playedBy(browser);
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
    }
  }
}

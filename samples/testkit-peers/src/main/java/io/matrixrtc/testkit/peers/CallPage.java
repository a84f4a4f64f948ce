package io.matrixrtc.testkit.peers;

import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/** The bridge's host page in a browser, with Element Call in it. Used on the browser's thread. */
final class CallPage {
  private static final double SOON_MILLIS = 60_000;

  private final Page page;
  private final List<String> messages = new ArrayList<>();

  CallPage(Page page) {
    this.page = page;
    page.setDefaultTimeout(SOON_MILLIS);
    page.onConsoleMessage(message -> messages.add(message.type() + " " + message.text()));
    page.onPageError(error -> messages.add("page error " + error));
  }

  /** Opens a link to the host page. */
  CallPage open(String link) {
    page.navigate(link);
    return this;
  }

  Page page() {
    return page;
  }

  /** What the browser's console and the page's own lists have been told. */
  List<String> log() {
    List<String> log = new ArrayList<>(messages);
    log.add("events: " + page.locator("#event-list").textContent());
    log.add("members: " + page.locator("#member-list").textContent());
    return log;
  }

  private Locator button(String name) {
    FrameLocator widget = page.frameLocator("#stage iframe");
    return widget.getByTestId(name);
  }

  /** Joins from the lobby, and is done when the call's controls are there. */
  CallPage join() {
    button("lobby_joinCall").click();
    button("incall_leave").waitFor();
    return this;
  }

  /** Switches microphone and camera by the widget's own buttons. */
  void switchMedia() {
    button("incall_mute").first().click();
    button("incall_videomute").first().click();
  }

  /** Hangs up by the host page's own button. */
  void hangUp() {
    page.locator("#hangup").click();
    page.getByText("The call is over.").waitFor();
  }
}

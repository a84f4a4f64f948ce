package io.matrixrtc.interop;

import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A page of a browser, and what its console has been told. */
abstract class WatchedPage {
  private static final double SOON_MILLIS = 60_000;
  private static final double POLL_MILLIS = 200;

  final Page page;
  private final List<String> messages = new ArrayList<>();

  WatchedPage(Page page) {
    this.page = page;
    page.setDefaultTimeout(SOON_MILLIS);
    page.onConsoleMessage(message -> messages.add(message.type() + " " + message.text()));
    page.onPageError(error -> messages.add("page error " + error));
  }

  Page page() {
    return page;
  }

  /** What the browser's console has been told: the log of this page. */
  List<String> log() {
    return List.copyOf(messages);
  }

  /** Waits; what the browser does meanwhile is heard of, as Playwright does nothing by itself. */
  void await(BooleanSupplier condition) {
    long end = System.nanoTime() + (long) (SOON_MILLIS * 1_000_000);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not so within " + SOON_MILLIS + " ms");
      }
      page.waitForTimeout(POLL_MILLIS);
    }
  }
}

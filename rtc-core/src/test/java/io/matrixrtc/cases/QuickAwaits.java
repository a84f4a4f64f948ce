package io.matrixrtc.cases;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks every 20 ms, in all tests: most of what they await is there within a few, and the default
 * of 100 ms, with a first look after as long, adds up to minutes. Waits a minute unless a test says
 * otherwise: a busy machine is no failure. Found by JUnit itself.
 */
public final class QuickAwaits implements BeforeAllCallback {
  private static final Duration FIRST_LOOK = Duration.ofMillis(2);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultPollDelay(FIRST_LOOK);
    Awaitility.setDefaultPollInterval(LOOK);
    Awaitility.setDefaultTimeout(PATIENCE);
  }
}

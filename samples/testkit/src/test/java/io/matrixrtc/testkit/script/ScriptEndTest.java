package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is left of a script that ends in the middle of a call. */
class ScriptEndTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.matrixrtc");
  private final Errors errors = new Errors();

  private static final class Errors extends AppenderBase<ILoggingEvent> {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
        seen.add(event.getFormattedMessage());
      }
    }
  }

  @BeforeEach
  void listen() {
    errors.start();
    logger.addAppender(errors);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(errors);
  }

  private static boolean agentsAreGone() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().startsWith("agent-endof"));
  }

  @Test
  void whoIsInTheCallEndsWithoutAnErrorAndWithItsThreads_SCRIPT_QUIET() {
    for (int round = 0; round < 3; round++) {
      try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
        call.start(call.device("endofalice"), call.device("endofbob"));
        assertThat(agentsAreGone()).as("while the script runs").isFalse();
      }
      await().atMost(SOON).until(ScriptEndTest::agentsAreGone);
    }
    assertThat(errors.seen).isEmpty();
    LoggerFactory.getLogger("io.matrixrtc.testkit").error("a control");
    assertThat(errors.seen).containsExactly("a control");
  }
}

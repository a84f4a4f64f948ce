package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.LivekitNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the service writes into its log. */
class LogTest {
  private static List<String> logOf(Work work) throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.matrixrtc");
    Level before = logger.getLevel();
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.TRACE);
    logger.setAdditive(false);
    try {
      work.run();
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(before);
      logger.setAdditive(true);
    }
    List<String> lines = new ArrayList<>();
    for (ILoggingEvent event : List.copyOf(appender.list)) {
      lines.add(event.getLoggerName() + " " + event.getLevel() + " " + event.getFormattedMessage());
    }
    return lines;
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  @Test
  void aTokenIsOneLineOfPairs_LOG_FORM() throws Exception {
    List<String> lines =
        logOf(
            () -> {
              try (World world = new World()) {
                world.post("/sfu/get", World.legacyRequest());
              }
            });
    assertThat(lines)
        .contains(
            "io.matrixrtc.token.TokenIssuer INFO token issued matrixId=@alice:hs.example"
                + " claimedDeviceId=ABCDEFGHIJ access=full matrixRoom=!abc:hs.example"
                + " slot=m.call#ROOM lkId=@alice:hs.example:ABCDEFGHIJ"
                + " room="
                + LivekitNames.roomAlias("!abc:hs.example", "m.call#ROOM"));
  }

  @Test
  void secretsAreInNoLineAtAnyLevel_LOG_SECRETS() throws Exception {
    List<String> jwts = new ArrayList<>();
    List<String> lines =
        logOf(
            () -> {
              try (World world = new World()) {
                world.homeserver.answers(
                    "/.well-known/matrix/client",
                    200,
                    "{\"m.homeserver\":{\"base_url\":\"https://hs.example:8448\"}}");
                var request = World.stickyRequest();
                request.put("delay_id", "delay-that-is-secret").put("delay_timeout", 5_000);
                var answer = world.post("/get_token", request);
                jwts.add(World.json(answer).get("jwt").asText());
                var forged = World.legacyRequest();
                ((ObjectNode) forged.get("openid_token"))
                    .put("access_token", "forged-token-of-someone");
                world.post("/sfu/get", forged);
              }
            });
    assertThat(lines).anyMatch(line -> line.contains("token issued"));
    assertThat(lines).anyMatch(line -> line.contains("leave delegated"));
    assertThat(lines)
        .noneMatch(line -> line.contains("delay-that-is-secret"))
        .noneMatch(line -> line.contains("forged-token-of-someone"))
        .noneMatch(line -> line.contains(World.KEY.secret()))
        .noneMatch(line -> line.contains(jwts.get(0)));
    assertThat(World.KEY.toString()).doesNotContain(World.KEY.secret());
    assertThat(new OpenIdToken("secret", "hs.example").toString()).doesNotContain("secret");
    assertThat(new DelayedLeave("secret", Duration.ofSeconds(1)).toString())
        .doesNotContain("secret");
  }

  @Test
  void whatCallersSendMakesNoLinesOfItsOwn_LOG_FORM() {
    assertThat(
            LogLine.of("x")
                .with("a", "plain@hs.example")
                .with("b", "two words\nINFO y=\"1\"")
                .with("c", "")
                .with("d", "\u2028\u202e")
                .toString())
        .isEqualTo(
            "x a=plain@hs.example b=\"two words\\u000aINFO y=\\\"1\\\"\" c=\"\""
                + " d=\"\\u2028\\u202e\"");
    assertThat(LogLine.of("x").with("a", "y".repeat(LogLine.MAX_VALUE)).toString())
        .hasSize(4 + LogLine.MAX_VALUE);
    assertThat(LogLine.of("x").with("a", "y".repeat(LogLine.MAX_VALUE + 1)).toString())
        .endsWith("…\"");
  }
}

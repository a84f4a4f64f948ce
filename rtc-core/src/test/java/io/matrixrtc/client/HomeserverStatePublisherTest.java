package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.json.Json;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.PublishOutcome;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** STATE-ONCE: one try for each call, whatever comes. */
class HomeserverStatePublisherTest {
  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final HomeserverStatePublisher publisher =
      new HomeserverStatePublisher(
          new MatrixClient(
              new MatrixSession(
                  URI.create("https://hs.test"), "@a:hs.test", "D", AccessToken.of("t")),
              ClientSettings.of(http, time)),
          "!room:hs.test");

  private PublishOutcome put() {
    return publisher
        .putState("m.type", "_@a:hs.test/x", Json.newObject().put("k", "v"))
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void stateOnceOneTry() {
    time.advance(Duration.ofHours(1));
    assertThat(http.calls()).hasSize(1);
  }

  @Test
  void published() {
    http.ok("{\"event_id\":\"$e\"}");
    assertThat(put()).isEqualTo(new PublishOutcome.Published("$e"));
    assertThat(http.last().method()).isEqualTo("PUT");
    assertThat(http.last().uri().getRawPath())
        .isEqualTo("/_matrix/client/v3/rooms/%21room%3Ahs.test/state/m.type/_%40a%3Ahs.test%2Fx");
    assertThat(http.last().body()).contains("{\"k\":\"v\"}");
  }

  @Test
  void forbidden() {
    http.status(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"no power\"}");
    assertThat(put()).isEqualTo(new PublishOutcome.Forbidden("no power"));
  }

  @Test
  void rateLimited() {
    http.limited(Optional.of("3"), "{}");
    assertThat(put()).isEqualTo(new PublishOutcome.RateLimited(Optional.of(Duration.ofSeconds(3))));
  }

  @Test
  void unreachableAfterALostAnswer() {
    http.lost();
    assertThat(put()).isInstanceOf(PublishOutcome.Unreachable.class);
  }

  @Test
  void stateLimitAHomeserverThatHangsIsUnreachable() {
    http.open();
    CompletableFuture<PublishOutcome> end =
        publisher.putState("m.type", "", Json.newObject()).toCompletableFuture();
    assertThat(http.last().timeout()).isEqualTo(HomeserverStatePublisher.TIME_LIMIT);
    time.advance(HomeserverStatePublisher.TIME_LIMIT);
    assertThat(end).isNotDone();
    time.advance(ApiCall.TRANSPORT_GRACE);
    assertThat(end.join()).isInstanceOf(PublishOutcome.Unreachable.class);
  }

  @Test
  void unreachableAfterAServerError() {
    http.status(502, "<html>");
    assertThat(put()).isInstanceOf(PublishOutcome.Unreachable.class);
  }

  @Test
  void rejectedOtherwise() {
    http.status(400, "{\"errcode\":\"M_BAD_JSON\",\"error\":\"shape\"}");
    assertThat(put()).isEqualTo(new PublishOutcome.Rejected("M_BAD_JSON", "shape"));
  }

  @Test
  void rejectedAfterALogout() {
    http.status(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"?\"}");
    assertThat(put()).isInstanceOf(PublishOutcome.Rejected.class);
  }

  @Test
  void anAnswerWithoutAnEventIdIsNoSuccess() {
    http.ok("{}");
    assertThat(put()).isInstanceOf(PublishOutcome.Rejected.class);
  }
}

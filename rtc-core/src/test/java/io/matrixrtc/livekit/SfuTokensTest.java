package io.matrixrtc.livekit;

import static io.matrixrtc.livekit.FakeWeb.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.client.HttpAnswer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class SfuTokensTest {
  private static final ServiceUrl ONE = FakeWeb.service("https://one.example");
  private static final ServiceUrl TWO = FakeWeb.service("https://two.example");
  private static final Participant STICKY =
      Participant.ofSticky("!abc:example.org", "m.call#ROOM", "@alice:example.org", "DEV", "mid");
  private static final DelegatedLeave LEAVE = new DelegatedLeave("delay-1", Duration.ofSeconds(10));

  private final FakeWeb web = new FakeWeb();
  private final SfuTokens tokens =
      new SfuTokens(web.client(), new TokenService(web.settings()), STICKY);
  private final LeaveDelegation delegation =
      new LeaveDelegation(web.client(), new TokenService(web.settings()));

  @Test
  void sfuOpenidEachServiceGetsATokenOfItsOwn() {
    web.on(ONE + "/get_token", 200, granted("r", "i"))
        .on(TWO + "/get_token", 200, granted("r", "i"));
    tokens.forSfu(ONE, true).toCompletableFuture().join();
    tokens.forSfu(TWO, false).toCompletableFuture().join();
    tokens.forSfu(ONE, true).toCompletableFuture().join();
    assertThat(openIds(ONE)).containsExactly("openid-1", "openid-3");
    assertThat(openIds(TWO)).containsExactly("openid-2");
  }

  private List<String> openIds(ServiceUrl sfu) {
    return web.bodies(sfu + "/get_token").stream()
        .map(body -> body.path("openid_token").path("access_token").asText())
        .toList();
  }

  @Test
  void sfuTokenCallsAtATimeShareOneRequest() {
    CompletableFuture<HttpAnswer> slow = new CompletableFuture<>();
    web.later(ONE + "/get_token", slow);
    CompletionStage<TokenOutcome> first = tokens.forSfu(ONE, true);
    CompletionStage<TokenOutcome> second = tokens.forSfu(ONE, true);
    slow.complete(FakeWeb.answer(200, granted("r", "i")));
    assertThat(first.toCompletableFuture().join()).isInstanceOf(TokenOutcome.Granted.class);
    assertThat(second.toCompletableFuture().join()).isInstanceOf(TokenOutcome.Granted.class);
    assertThat(openIds(ONE)).hasSize(1);
    tokens.forSfu(ONE, true).toCompletableFuture().join();
    assertThat(openIds(ONE)).as("a later one asks anew").hasSize(2);
  }

  @Test
  void sfuOpenidAHomeserverThatGivesNoneIsAFailure() {
    web.on(FakeWeb.OPENID, 500, "{}");
    TokenOutcome outcome = tokens.forSfu(ONE, true).toCompletableFuture().join();
    assertThat(((TokenOutcome.Failed) outcome).failure())
        .isInstanceOf(TokenFailure.Unavailable.class);
    assertThat(web.bodies(ONE + "/get_token")).isEmpty();
  }

  @Test
  void delegProbeAnyAnswerBut404MeansThatItIsKnown() {
    String homeserver =
        FakeWeb.HS
            + "/_matrix/client/unstable/io.element.msc4195/rtc/livekit/delegate_delayed_leave";
    assertThat(delegation.isKnown(ONE).toCompletableFuture().join()).isFalse();
    web.on(ONE + "/delegate_delayed_leave", 400, "{}");
    assertThat(delegation.isKnown(ONE).toCompletableFuture().join()).isTrue();
    web.lost(ONE + "/delegate_delayed_leave");
    assertThat(delegation.isKnown(ONE).toCompletableFuture().join()).isFalse();
    web.on(homeserver, 401, "{}");
    assertThat(delegation.isKnown(ONE).toCompletableFuture().join()).isTrue();
    assertThat(web.calls).allMatch(call -> call.token().isEmpty() && call.body().isEmpty());
  }

  @Test
  void delegHandAStickyLeaveGoesToItsEndpointOrWithAToken() {
    web.on(ONE + "/delegate_delayed_leave", 200, "{}");
    assertThat(handOver(STICKY)).isEqualTo(new DelegationOutcome.Taken());
    assertThat(web.urls()).doesNotContain(ONE + "/get_token");
    web.on(ONE + "/delegate_delayed_leave", 404, "404 page not found");
    web.on(ONE + "/get_token", 200, granted("r", "i"));
    assertThat(handOver(STICKY)).isEqualTo(new DelegationOutcome.Taken());
    assertThat(web.bodies(ONE + "/get_token").get(0).path("delay_id").asText())
        .isEqualTo("delay-1");
  }

  private DelegationOutcome handOver(Participant participant) {
    return delegation.handOver(ONE, participant, LEAVE).toCompletableFuture().join();
  }

  @Test
  void delegHandAStateEventsLeaveGoesWithAToken() {
    web.on(ONE + "/sfu/get", 200, granted("r", "i"));
    assertThat(handOver(Participant.ofState("!abc:example.org", "@alice:example.org", "DEV")))
        .isEqualTo(new DelegationOutcome.Taken());
    assertThat(web.urls()).doesNotContain(ONE + "/delegate_delayed_leave");
  }

  @Test
  void delegFailWhatIsNotTakenIsTold_ours() {
    web.on(ONE + "/delegate_delayed_leave", 403, "{\"errcode\":\"M_FORBIDDEN\"}");
    assertThat(handOver(STICKY))
        .isEqualTo(new DelegationOutcome.NotTaken(new TokenFailure.Refused(403, "M_FORBIDDEN")));
    web.on(
        ONE + "/sfu/get",
        call ->
            call.body().orElse("").contains("delay_id")
                ? FakeWeb.answer(400, "{\"errcode\":\"M_BAD_JSON\"}")
                : FakeWeb.answer(200, granted("r", "i")));
    assertThat(handOver(Participant.ofState("!abc:example.org", "@alice:example.org", "DEV")))
        .as("a token came, but without the delegation")
        .isInstanceOf(DelegationOutcome.NotTaken.class);
    web.on(FakeWeb.OPENID, 500, "{}");
    assertThat(handOver(STICKY)).isInstanceOf(DelegationOutcome.NotTaken.class);
  }
}

package io.matrixrtc.livekit;

import static io.matrixrtc.livekit.FakeWeb.granted;
import static io.matrixrtc.livekit.FakeWeb.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.client.HttpAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenServiceTest {
  private static final ServiceUrl SFU = FakeWeb.service("https://sfu.example/jwt");
  private static final String GET = SFU + "/sfu/get";
  private static final String TOKEN = SFU + "/get_token";
  private static final String DELEGATE = SFU + "/delegate_delayed_leave";
  private static final Participant STATE =
      Participant.ofState("!abc:example.org", "@alice:example.org", "DEV");
  private static final Participant STICKY =
      Participant.ofSticky("!abc:example.org", "m.call#ROOM", "@alice:example.org", "DEV", "mid");
  private static final Optional<DelegatedLeave> LEAVE =
      Optional.of(new DelegatedLeave("delay-1", Duration.ofSeconds(10)));
  private static final OpenIdToken OPENID =
      OpenIdToken.of(
          object(
              "{'access_token':'SECRET','token_type':'Bearer','matrix_server_name':'example.org',"
                  + "'expires_in':3600,'extra':1}"));

  private final FakeWeb web = new FakeWeb();
  private final TokenService service = new TokenService(web.settings());

  private static <T> T end(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  private TokenOutcome own(Participant who, Optional<DelegatedLeave> leave) {
    return end(service.own(SFU, who, OPENID, leave));
  }

  private static TokenFailure failure(TokenOutcome outcome) {
    return ((TokenOutcome.Failed) outcome).failure();
  }

  @Test
  void sfuOwnAStateMembershipAsksAtSfuGet() {
    web.on(GET, 200, granted("room", "id"));
    TokenOutcome.Granted outcome = (TokenOutcome.Granted) own(STATE, Optional.empty());
    assertThat(outcome.access().roomAlias()).isEqualTo("room");
    assertThat(outcome.access().identity()).isEqualTo("id");
    assertThat(outcome.access().url()).hasToString("wss://sfu.example.org");
    assertThat(outcome.delegated()).isFalse();
    assertThat(web.urls()).containsExactly(GET);
    assertThat(web.calls.get(0).token()).as("the login stays here").isEmpty();
  }

  @Test
  void sfuOwnAStickyMembershipAsksAtGetTokenAlone() {
    web.on(GET, 200, granted("room", "id"));
    assertThat(failure(own(STICKY, Optional.empty())))
        .isEqualTo(new TokenFailure.NoStickyMemberships());
    web.on(TOKEN, 200, granted("room", "id"));
    assertThat(own(STICKY, Optional.empty())).isInstanceOf(TokenOutcome.Granted.class);
    assertThat(web.urls()).containsExactly(TOKEN, TOKEN);
  }

  @Test
  void sfuNoMatrix2AnOldServiceIsNamedAsSuch() {
    web.on(TOKEN, 404, "404 page not found");
    assertThat(failure(own(STICKY, Optional.empty())))
        .isEqualTo(new TokenFailure.NoStickyMemberships());
  }

  @Test
  void sfuOtherOnAnotherMembersSfuTheOlderEndpointDoesToo() {
    web.on(GET, 200, granted("room", "id"));
    assertThat(end(service.other(SFU, STICKY, OPENID))).isInstanceOf(TokenOutcome.Granted.class);
    assertThat(web.urls()).containsExactly(TOKEN, GET);
    web.calls.clear();
    web.on(TOKEN, 401, "{\"errcode\":\"M_UNAUTHORIZED\"}");
    assertThat(failure(end(service.other(SFU, STICKY, OPENID))))
        .isEqualTo(new TokenFailure.NotAuthorized());
    assertThat(web.urls()).as("only if it is missing").containsExactly(TOKEN);
  }

  @Test
  void sfuExactNothingButTheKnownFieldsIsSent() {
    web.on(GET, 200, granted("r", "i")).on(TOKEN, 200, granted("r", "i")).on(DELEGATE, 200, "{}");
    own(STATE, LEAVE);
    own(STICKY, LEAVE);
    own(STATE, Optional.empty());
    end(service.delegate(SFU, STICKY, OPENID, LEAVE.get()));
    String openId =
        "{'access_token':'SECRET','token_type':'Bearer','matrix_server_name':'example.org',"
            + "'expires_in':3600}";
    String delay = ",'delay_id':'delay-1','delay_timeout':10000";
    assertThat(web.bodies(GET))
        .containsExactly(
            object(
                "{'room':'!abc:example.org','openid_token':"
                    + openId
                    + ",'device_id':'DEV'"
                    + delay
                    + "}"),
            object("{'room':'!abc:example.org','openid_token':" + openId + ",'device_id':'DEV'}"));
    String sticky =
        "{'room_id':'!abc:example.org','slot_id':'m.call#ROOM','openid_token':"
            + openId
            + ",'member':{'id':'mid','claimed_user_id':'@alice:example.org',"
            + "'claimed_device_id':'DEV'}"
            + delay
            + "}";
    assertThat(web.bodies(TOKEN)).containsExactly(object(sticky));
    assertThat(web.bodies(DELEGATE)).containsExactly(object(sticky));
  }

  @Test
  void sfuOldServiceThatDoesNotKnowDelaysIsAskedAgainWithout() {
    web.on(
        GET,
        call ->
            call.body().orElse("").contains("delay_id")
                ? FakeWeb.answer(400, "{\"errcode\":\"M_BAD_JSON\",\"error\":\"no\"}")
                : FakeWeb.answer(200, granted("r", "i")));
    TokenOutcome.Granted outcome = (TokenOutcome.Granted) own(STATE, LEAVE);
    assertThat(outcome.delegated()).as("the device must restart it itself").isFalse();
    assertThat(web.bodies(GET)).hasSize(2);
    web.on(GET, 200, granted("r", "i"));
    assertThat(((TokenOutcome.Granted) own(STATE, LEAVE)).delegated()).as("control").isTrue();
  }

  @Test
  void sfuOldServiceOtherErrorsAreNotAskedAgain() {
    web.on(GET, 400, "{\"errcode\":\"M_NOT_JSON\"}");
    assertThat(failure(own(STATE, LEAVE))).isEqualTo(new TokenFailure.Refused(400, "M_NOT_JSON"));
    assertThat(web.bodies(GET)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401|{\"errcode\":\"M_UNAUTHORIZED\"}|NotAuthorized",
        "500|{\"errcode\":\"M_LOOKUP_FAILED\"}|NotAuthorized",
        "400|{\"errcode\":\"M_BAD_JSON\"}|Refused",
        "403|{\"errcode\":\"M_FORBIDDEN\"}|Refused",
        "500|{\"errcode\":\"M_UNKNOWN\"}|Unavailable",
        "503|shutting down|Unavailable",
        "429|{\"errcode\":\"M_LIMIT_EXCEEDED\"}|RateLimited",
        "404|nothing|NotATokenService",
        "405||NotATokenService",
        "302||NotATokenService",
        "200||NotATokenService",
        "200|[]|NotATokenService",
        "200|{\"url\":\"wss://x\",\"jwt\":\"a.b\"}|NotATokenService",
        "200|{\"url\":\"wss://x\",\"jwt\":\"e30.e30.x\"}|NotATokenService"
      })
  void sfuErrorsEachAnswerSaysWhatCanBeDone(int status, String body, String kind) {
    web.on(GET, status, body == null ? "" : body);
    assertThat(failure(own(STATE, Optional.empty())).getClass().getSimpleName()).isEqualTo(kind);
  }

  @Test
  void sfuErrorsNoAnswerIsUnavailable() {
    web.lost(GET);
    assertThat(failure(own(STATE, Optional.empty()))).isInstanceOf(TokenFailure.Unavailable.class);
  }

  @Test
  void sfuErrorsARateLimitSaysHowLong() {
    web.on(GET, call -> new HttpAnswer(429, Optional.of("7"), "{\"retry_after_ms\":1}"));
    assertThat(failure(own(STATE, Optional.empty())))
        .isEqualTo(new TokenFailure.RateLimited(Optional.of(Duration.ofSeconds(7))));
    web.on(GET, 429, "{\"retry_after_ms\":1500}");
    assertThat(failure(own(STATE, Optional.empty())))
        .isEqualTo(new TokenFailure.RateLimited(Optional.of(Duration.ofMillis(1_500))));
  }

  @Test
  void sfuErrorsAnAnswerTooLongIsNone() {
    String answer = granted("r", "i");
    String most = answer + " ".repeat(TokenAnswers.MAX_CHARS - answer.length());
    web.on(GET, 200, most);
    assertThat(own(STATE, Optional.empty())).isInstanceOf(TokenOutcome.Granted.class);
    web.on(GET, 200, most + " ");
    assertThat(failure(own(STATE, Optional.empty())))
        .isInstanceOf(TokenFailure.NotATokenService.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://sfu", "nonsense", "wss:///x", ""})
  void sfuJwtTheUrlMustBeOne(String url) {
    web.on(GET, 200, granted("r", "i").replace("wss://sfu.example.org", url));
    assertThat(failure(own(STATE, Optional.empty())))
        .isInstanceOf(TokenFailure.NotATokenService.class);
  }

  @Test
  void sfuJwtNothingShowsSecrets() {
    web.on(GET, 200, granted("r", "i"));
    TokenOutcome.Granted outcome = (TokenOutcome.Granted) own(STATE, Optional.empty());
    assertThat(outcome.access().revealJwt()).startsWith("e30.");
    assertThat(outcome.toString()).doesNotContain("e30");
    assertThat(OPENID.toString()).doesNotContain("SECRET");
    assertThat(LEAVE.toString()).doesNotContain("delay-1");
  }

  @Test
  void delegHandTheOutcomeOfADelegationIsTold() {
    web.on(DELEGATE, 200, "{}");
    assertThat(end(service.delegate(SFU, STICKY, OPENID, LEAVE.get())))
        .isEqualTo(new DelegationOutcome.Taken());
    web.on(DELEGATE, 403, "{\"errcode\":\"M_FORBIDDEN\"}");
    assertThat(end(service.delegate(SFU, STICKY, OPENID, LEAVE.get())))
        .isEqualTo(new DelegationOutcome.NotTaken(new TokenFailure.Refused(403, "M_FORBIDDEN")));
    web.lost(DELEGATE);
    assertThat(end(service.delegate(SFU, STICKY, OPENID, LEAVE.get())))
        .isInstanceOf(DelegationOutcome.NotTaken.class);
  }

  @Test
  void sfuErrorsEveryFailureIsOneOfTheKinds() {
    Set<String> kinds =
        Set.of(
            "Unavailable",
            "RateLimited",
            "NotAuthorized",
            "Refused",
            "NoStickyMemberships",
            "NotATokenService");
    for (Class<?> kind : TokenFailure.class.getPermittedSubclasses()) {
      assertThat(kinds).contains(kind.getSimpleName());
    }
    assertThatThrownBy(() -> new DelegatedLeave("", Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DelegatedLeave("x", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

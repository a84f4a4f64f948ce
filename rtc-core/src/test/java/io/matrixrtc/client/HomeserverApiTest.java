package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.VirtualTime;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HomeserverApiTest {
  private static final URI HOMESERVER = URI.create("https://hs.test/");
  private static final AccessToken TOKEN = AccessToken.of("syt_secret");
  private static final String LIMIT = "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"slow\"";

  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final HomeserverApi api =
      new HomeserverApi(
          new MatrixSession(HOMESERVER, "@a:hs.test", "D", TOKEN),
          ClientSettings.of(http, time).withRandom(new SplittableRandom(1)));
  private final ApiRequest get = ApiRequest.get("v3", "account", "whoami");
  private final ApiRequest put =
      ApiRequest.put(Json.newObject().put("a", 1), "v3", "sendToDevice", "m.x", "txn/1");
  private final ApiRequest post = ApiRequest.post(Json.newObject(), "v3", "createRoom");

  private static <T> T now(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertThat(future).isDone();
    return future.join();
  }

  private static ApiFailure failure(CompletionStage<ApiResult<ObjectNode>> stage) {
    ApiResult<ObjectNode> result = now(stage);
    assertThat(result).isInstanceOf(ApiResult.Failed.class);
    return ((ApiResult.Failed<ObjectNode>) result).failure();
  }

  @Test
  void sendsTokenAndJson_andReadsTheAnswer() {
    http.ok("{\"user_id\":\"@a:hs.test\"}");
    assertThat(now(api.call(put)).orThrow().path("user_id").asText()).isEqualTo("@a:hs.test");
    HttpCall call = http.last();
    assertThat(call.method()).isEqualTo("PUT");
    assertThat(call.uri())
        .hasToString("https://hs.test/_matrix/client/v3/sendToDevice/m.x/txn%2F1");
    assertThat(call.token()).contains(TOKEN);
    assertThat(call.body()).contains("{\"a\":1}");
    assertThat(call.timeout()).isEqualTo(ClientSettings.DEFAULT_REQUEST_TIMEOUT);
  }

  @Test
  void noTokenWhereNoneBelongs() {
    http.ok("{}");
    now(api.call(get.unauthenticated()));
    assertThat(http.last().token()).isEmpty();
  }

  @Test
  void httpTimeoutOfSettingsOrOfTheRequest() {
    HomeserverApi quick =
        new HomeserverApi(
            HOMESERVER, ClientSettings.of(http, time).withRequestTimeout(Duration.ofSeconds(2)));
    http.ok("{}").ok("{}");
    now(quick.call(get));
    assertThat(http.last().timeout()).isEqualTo(Duration.ofSeconds(2));
    now(quick.call(get.within(Duration.ofSeconds(7))));
    assertThat(http.last().timeout()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void httpRetryLostAnswerIsRepeatedAsItWas() {
    http.lost().lost().ok("{}");
    CompletionStage<ApiResult<ObjectNode>> result = api.call(put);
    time.advance(Duration.ofSeconds(2));
    assertThat(now(result)).isInstanceOf(ApiResult.Ok.class);
    assertThat(http.calls()).hasSize(3).containsOnly(http.calls().get(0));
  }

  @Test
  void httpRepeatableCreationIsNotRepeatedAfterALostAnswerButAfter429() {
    http.lost();
    assertThat(failure(api.call(post))).isInstanceOf(ApiFailure.Unreachable.class);
    http.status(500, "{}");
    assertThat(failure(api.call(post))).isEqualTo(new ApiFailure.ServerError(500));
    http.limited(Optional.of("1"), LIMIT + "}").ok("{}");
    CompletionStage<ApiResult<ObjectNode>> limited = api.call(post);
    time.advance(Duration.ofSeconds(2));
    assertThat(now(limited)).isInstanceOf(ApiResult.Ok.class);
    assertThat(http.calls()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "2,    ',\"retry_after_ms\":9000',  2000", // the header counts before the member
    ",     ',\"retry_after_ms\":9000',  9000",
    "soon, ',\"retry_after_ms\":9000',  9000", // a header that is no number of seconds
    ",     ',\"retry_after_ms\":\"9\"', 0", // a member that is no number
    ",     ',\"retry_after_ms\":-5',    0",
    ",     '',                          0",
  })
  void httpRetryAfterNeverEarlierThanAsked(String header, String member, long asked) {
    http.limited(Optional.ofNullable(header), LIMIT + (member == null ? "" : member) + "}");
    http.ok("{}");
    CompletionStage<ApiResult<ObjectNode>> result = api.call(get);
    time.advance(Duration.ofMillis(Math.max(asked, 250) - 1));
    assertThat(http.calls()).hasSize(1);
    time.advance(Duration.ofMillis(260));
    assertThat(now(result)).isInstanceOf(ApiResult.Ok.class);
  }

  @Test
  void httpRetryAfterLongerThanTheBudgetGivesUpAtOnce() {
    http.limited(Optional.of("61"), LIMIT + "}");
    assertThat(failure(api.call(get)))
        .isEqualTo(new ApiFailure.RateLimited(Optional.of(Duration.ofSeconds(61))));
  }

  @Test
  void httpBudgetEndsTheRepetition() {
    for (int i = 0; i < 40; i++) {
      http.status(503, "busy");
    }
    CompletionStage<ApiResult<ObjectNode>> result = api.call(get);
    time.advance(Duration.ofMinutes(1));
    assertThat(failure(result)).isEqualTo(new ApiFailure.ServerError(503));
    assertThat(http.calls()).hasSizeBetween(6, 15);
    int tries = http.calls().size();
    time.advance(Duration.ofMinutes(5));
    assertThat(http.calls()).hasSize(tries);
  }

  @Test
  void refusalIsNotRepeated() {
    http.status(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"not\\u0007 yours\"}");
    ApiFailure.Refused refused = (ApiFailure.Refused) failure(api.call(get));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.errcode()).isEqualTo("M_FORBIDDEN");
    assertThat(refused.message()).isEqualTo("not? yours");
    assertThat(http.calls()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void syncLogoutUnknownTokenIsALogout(boolean soft) {
    http.status(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":" + soft + "}");
    assertThat(failure(api.call(get))).isEqualTo(new ApiFailure.LoggedOut(soft));
  }

  @ParameterizedTest
  @CsvSource({"200, <html>", "200, '[]'", "200, ''", "404, <html>", "404, '{}'", "302, ''"})
  void httpNotMatrixAnotherServerIsNamedAsSuch(int status, String body) {
    http.status(status, body);
    ApiFailure failure = failure(api.call(get));
    assertThat(failure).isInstanceOf(ApiFailure.NotMatrix.class);
    assertThat(failure.sentence()).contains("https://hs.test/").contains("Check the address");
  }

  @Test
  void httpUnreachableSaysWhyAndWhatToTry() {
    http.fails(new CompletionException(new ConnectException("Connection refused")));
    assertThat(failure(api.once(get)).sentence())
        .isEqualTo(
            "The homeserver https://hs.test/ does not answer (nothing listens there)."
                + " Check the address, that the server runs, and the network.");
    http.fails(new UnknownHostException("hs.test"));
    assertThat(failure(api.once(get)).sentence()).contains("no host of this name");
    http.fails(new HttpTimeoutException("request timed out"));
    assertThat(failure(api.once(get)).sentence()).contains("no answer in time");
  }

  @Test
  void httpUnreachableAnAddressThatIsNoneIsAResultToo() {
    HttpTransport jdk = new JdkHttpTransport(Runnable::run);
    HomeserverApi nowhere =
        new HomeserverApi(URI.create("localhost:8008"), ClientSettings.of(jdk, time));
    assertThat(failure(nowhere.once(get))).isInstanceOf(ApiFailure.Unreachable.class);
  }

  @Test
  void httpTimeoutIsKeptForATransportThatDoesNotKeepIt() {
    CompletableFuture<HttpAnswer> hung = http.open();
    CompletionStage<ApiResult<ObjectNode>> result =
        api.once(get.within(Duration.ofSeconds(3))); // and 2 s for the transport to say so itself
    time.advance(Duration.ofSeconds(5).minusMillis(1));
    assertThat(result.toCompletableFuture()).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(failure(result).sentence()).contains("no answer in time");
    assertThat(hung).isCancelled();
  }

  @Test
  void httpTimeoutEachTryHasItsOwn() {
    http.open();
    http.open();
    http.ok("{}");
    CompletionStage<ApiResult<ObjectNode>> result = api.call(get.within(Duration.ofSeconds(3)));
    CompletableFuture<HttpAnswer> other = http.open();
    time.advance(Duration.ofSeconds(5));
    CompletionStage<ApiResult<ObjectNode>> second = api.once(put);
    assertThat(other).isNotDone();
    time.advance(Duration.ofSeconds(7));
    assertThat(now(result)).isInstanceOf(ApiResult.Ok.class);
    assertThat(second.toCompletableFuture()).isNotDone();
    time.advance(Duration.ofSeconds(30));
    assertThat(failure(second)).isInstanceOf(ApiFailure.Unreachable.class);
  }

  @Test
  void clientCloseEndsCallsUnderWayAndTheirRepetitions() {
    CompletableFuture<HttpAnswer> open = http.open();
    CompletionStage<ApiResult<ObjectNode>> onTheWire = api.call(get);
    http.lost();
    CompletionStage<ApiResult<ObjectNode>> waiting = api.call(put);
    assertThat(waiting.toCompletableFuture()).isNotDone();
    api.close();
    CompletionStage<ApiResult<ObjectNode>> later = api.once(get);
    for (CompletionStage<?> end : List.of(onTheWire, waiting, later)) {
      assertThatThrownBy(() -> end.toCompletableFuture().join())
          .hasCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(open).isCancelled();
    time.advance(Duration.ofHours(1));
    assertThat(http.calls()).hasSize(2);
  }

  @Test
  void secretsNothingShowsTheToken() {
    http.ok("{}");
    now(api.call(get.with("since", "s1_secret")));
    assertThat(http.last().toString()).doesNotContain("secret");
    assertThat(get.toString()).isEqualTo("GET /v3/account/whoami");
    assertThat(new MatrixSession(HOMESERVER, "@a:hs.test", "D", TOKEN).toString())
        .contains("@a:hs.test")
        .doesNotContain("secret");
  }
}

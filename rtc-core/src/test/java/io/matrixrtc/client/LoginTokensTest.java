package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that end, are renewed, or are lost. */
class LoginTokensTest {
  private static final URI HOMESERVER = URI.create("https://hs.test");

  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final ClientSettings settings =
      ClientSettings.of(http, time).withRandom(new SplittableRandom(1));
  private final List<LoginStatus> told = new ArrayList<>();
  private final ApiRequest get = ApiRequest.get("v3", "account", "whoami");
  private MatrixClient client = client(Optional.of("r1"), Optional.of(Duration.ofMinutes(5)));

  private MatrixClient client(Optional<String> refresh, Optional<Duration> lifetime) {
    return new MatrixClient(
        new MatrixSession(
            HOMESERVER,
            "@a:hs.test",
            "D",
            AccessToken.of("t1"),
            refresh.map(RefreshToken::of),
            lifetime.map(time.now()::plus)),
        settings);
  }

  @BeforeEach
  void listen() {
    client.onLogin(told::add);
  }

  private void use(MatrixClient other) {
    client = other;
    listen();
  }

  private static <T> T now(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertThat(future).isDone();
    return future.join();
  }

  private CompletableFuture<ApiResult<ObjectNode>> call() {
    return client.api().call(get).toCompletableFuture();
  }

  private static String tokens(String access, String refresh, long millis) {
    ObjectNode answer = Json.newObject().put("access_token", access);
    if (!refresh.isEmpty()) {
      answer.put("refresh_token", refresh);
    }
    if (millis > 0) {
      answer.put("expires_in_ms", millis);
    }
    return answer.toString();
  }

  private static String unknown(boolean soft) {
    return "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"expired\",\"soft_logout\":" + soft + "}";
  }

  private List<String> sent() {
    return http.calls().stream()
        .map(
            call ->
                call.uri().getPath().replaceAll(".*/", "")
                    + " "
                    + call.token().map(AccessToken::reveal).orElse("-"))
        .toList();
  }

  @Test
  void loginRefreshBeforeTheTokenEnds() {
    http.ok("{}");
    time.advance(Duration.ofMinutes(5).minus(LoginTokens.MARGIN).minusMillis(1));
    now(call()).orThrow();
    time.advance(Duration.ofMillis(1));
    http.ok(tokens("t2", "r2", 300_000)).ok("{}");
    now(call()).orThrow();
    assertThat(sent()).containsExactly("whoami t1", "refresh -", "whoami t2");
    assertThat(http.calls().get(1).body()).contains("{\"refresh_token\":\"r1\"}");
    assertThat(told).containsExactly(new LoginStatus.Renewed(client.session()));
    assertThat(client.session().token().reveal()).isEqualTo("t2");
    assertThat(client.session().refreshToken().orElseThrow().reveal()).isEqualTo("r2");
    assertThat(client.session().expiresAt()).contains(time.now().plusMillis(300_000));
  }

  @Test
  void loginRefreshAShortLifeIsUsedForThreeQuarters() {
    use(client(Optional.of("r1"), Optional.of(Duration.ofSeconds(8))));
    http.ok("{}");
    time.advance(Duration.ofSeconds(6).minusMillis(1));
    now(call()).orThrow();
    http.ok(tokens("t2", "", 0)).ok("{}").ok("{}");
    time.advance(Duration.ofMillis(1));
    now(call()).orThrow();
    assertThat(client.session().refreshToken().orElseThrow().reveal()).isEqualTo("r1");
    assertThat(client.session().expiresAt()).isEmpty();
    time.advance(Duration.ofDays(1));
    now(call()).orThrow();
    assertThat(sent()).containsExactly("whoami t1", "refresh -", "whoami t2", "whoami t2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void loginRefreshAfterARefusalWhateverItSaysOfTheLogin(boolean soft) {
    http.status(401, unknown(soft)).ok(tokens("t2", "r2", 0)).ok("{}");
    now(call()).orThrow();
    assertThat(sent()).containsExactly("whoami t1", "refresh -", "whoami t2");
  }

  @Test
  void loginRefreshServesAllThatWaitAndKeepsTheirOrder() {
    CompletableFuture<HttpAnswer> first = http.open();
    CompletableFuture<HttpAnswer> second = http.open();
    CompletableFuture<ApiResult<ObjectNode>> one = call();
    CompletableFuture<ApiResult<ObjectNode>> two =
        client.toDevice().send("m.x", "txn1", Json.newObject()).toCompletableFuture();
    CompletableFuture<HttpAnswer> refresh = http.open();
    first.complete(new HttpAnswer(401, Optional.empty(), unknown(true)));
    CompletableFuture<ApiResult<ObjectNode>> three =
        client.toDevice().send("m.x", "txn2", Json.newObject()).toCompletableFuture();
    second.complete(new HttpAnswer(401, Optional.empty(), unknown(true)));
    http.ok("{}").ok("{}").ok("{}");
    refresh.complete(new HttpAnswer(200, Optional.empty(), tokens("t2", "r2", 0)));
    for (CompletableFuture<ApiResult<ObjectNode>> end : List.of(one, two, three)) {
      now(end).orThrow();
    }
    assertThat(sent())
        .containsExactly("whoami t1", "txn1 t1", "refresh -", "whoami t2", "txn2 t2", "txn1 t2");
  }

  @Test
  void loginRefreshARefusalOfAnOldTokenOnlyMeansAnotherTry() {
    CompletableFuture<HttpAnswer> slow = http.open();
    CompletableFuture<ApiResult<ObjectNode>> end = call();
    http.status(401, unknown(true)).ok(tokens("t2", "r2", 0)).ok("{}");
    now(call()).orThrow();
    http.ok("{}");
    slow.complete(new HttpAnswer(401, Optional.empty(), unknown(true)));
    now(end).orThrow();
    assertThat(sent()).filteredOn(line -> line.startsWith("refresh")).hasSize(1);
  }

  @Test
  void loginRefreshEvenWhatMayNotBeRepeatedIsSentAgainAsItWasNotCarriedOut() {
    http.status(401, unknown(true)).ok(tokens("t2", "r2", 0)).ok("{\"room_id\":\"!r:hs.test\"}");
    assertThat(now(client.rooms().createRoom(Json.newObject())).orThrow()).isEqualTo("!r:hs.test");
  }

  @Test
  void loginRefreshThatIsLostIsRepeated() {
    time.advance(Duration.ofMinutes(5));
    http.lost().status(502, "<html>").ok(tokens("t2", "r2", 0)).ok("{}");
    CompletableFuture<ApiResult<ObjectNode>> end = call();
    time.advance(Duration.ofSeconds(2));
    now(end).orThrow();
    assertThat(http.calls().subList(1, 3)).containsOnly(http.calls().get(0));
  }

  @Test
  void loginRefreshThatFailsInTimeLeavesTheTokenInUse() {
    time.advance(Duration.ofMinutes(5).minusSeconds(20));
    http.status(404, "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"?\"}").ok("{}").ok("{}");
    now(call()).orThrow();
    now(call()).orThrow();
    assertThat(sent()).containsExactly("refresh -", "whoami t1", "whoami t1");
    assertThat(told).isEmpty();
  }

  @Test
  void loginRefreshAnUnreachableHomeserverEndsNoLogin() {
    http.status(401, unknown(true));
    for (int i = 0; i < 20; i++) {
      http.lost();
    }
    CompletableFuture<ApiResult<ObjectNode>> end = client.api().once(get).toCompletableFuture();
    time.advance(Duration.ofMinutes(2));
    assertThat(((ApiResult.Failed<ObjectNode>) now(end)).failure())
        .isInstanceOf(ApiFailure.Unreachable.class);
    assertThat(told).isEmpty();
    int lost = http.calls().size();
    ScriptedHttp back = http.skip();
    back.ok(tokens("t2", "r2", 0)).ok("{}");
    now(call()).orThrow();
    assertThat(sent().subList(lost, lost + 2)).containsExactly("refresh -", "whoami t2");
  }

  @Test
  void loginRefreshAHomeserverThatRefusesEachNewTokenIsNotAskedForEver() {
    http.status(401, unknown(true));
    for (int i = 2; i <= 4; i++) {
      http.ok(tokens("t" + i, "r", 0)).status(401, unknown(true));
    }
    assertThat(((ApiResult.Failed<ObjectNode>) now(call())).failure())
        .isEqualTo(new ApiFailure.LoggedOut(true));
    assertThat(told.get(told.size() - 1)).isEqualTo(new LoginStatus.SoftLoggedOut());
  }

  @ParameterizedTest
  @CsvSource({
    "true,  403, M_FORBIDDEN,     false, true",
    "true,  401, M_UNKNOWN_TOKEN, false, true",
    "false, 401, M_UNKNOWN_TOKEN, true,  true",
    "false, 401, M_UNKNOWN_TOKEN, false, false",
    "false, 403, M_FORBIDDEN,     false, false",
  })
  void loginSoftIsWhatEitherAnswerSays(
      boolean first, int status, String errcode, boolean second, boolean soft) {
    http.status(401, unknown(first))
        .status(
            status,
            "{\"errcode\":\"" + errcode + "\",\"error\":\"?\",\"soft_logout\":" + second + "}");
    assertThat(((ApiResult.Failed<ObjectNode>) now(call())).failure())
        .isEqualTo(new ApiFailure.LoggedOut(soft));
    assertThat(told)
        .containsExactly(soft ? new LoginStatus.SoftLoggedOut() : new LoginStatus.Ended());
    assertThat(((ApiResult.Failed<ObjectNode>) now(call())).failure())
        .as("without another request")
        .isEqualTo(new ApiFailure.LoggedOut(soft));
    assertThat(http.calls()).hasSize(2);
  }

  @Test
  void loginSoftAnotherLoginOfTheSameDeviceGoesOn() {
    use(client(Optional.empty(), Optional.empty()));
    http.status(401, unknown(true));
    now(call());
    assertThat(told).containsExactly(new LoginStatus.SoftLoggedOut());
    MatrixSession other =
        new MatrixSession(HOMESERVER, "@a:hs.test", "OTHER", AccessToken.of("t2"));
    assertThatThrownBy(() -> client.resume(other)).isInstanceOf(IllegalArgumentException.class);
    http.ok("{\"user_id\":\"@a:hs.test\",\"device_id\":\"D\",\"access_token\":\"t2\"}").ok("{}");
    assertThat(now(client.loginAgain("pass"))).isInstanceOf(LoginOutcome.LoggedIn.class);
    assertThat(http.last().body().orElseThrow()).contains("\"device_id\":\"D\"");
    now(call()).orThrow();
    assertThat(sent()).containsExactly("whoami t1", "login -", "whoami t2");
    assertThat(told.get(1)).isEqualTo(new LoginStatus.Renewed(client.session()));
  }

  @Test
  void loginSoftALoginAsAnotherDeviceIsNotTaken() {
    use(client(Optional.empty(), Optional.empty()));
    http.ok("{\"user_id\":\"@a:hs.test\",\"device_id\":\"E\",\"access_token\":\"t2\"}").ok("{}");
    now(client.loginAgain("pass"));
    now(call()).orThrow();
    assertThat(sent()).containsExactly("login -", "whoami t1");
  }

  @Test
  void loginSoftAListenerThatComesLateIsTold() {
    use(client(Optional.empty(), Optional.empty()));
    http.status(401, unknown(true));
    now(call());
    List<LoginStatus> late = new ArrayList<>();
    client.onLogin(
        status -> {
          late.add(status);
          throw new IllegalStateException("a listener's own bug");
        });
    assertThat(late).containsExactly(new LoginStatus.SoftLoggedOut());
    assertThat(now(client.resume(client.session()))).isTrue();
    assertThat(late).hasSize(2);
    assertThat(told).hasSize(2);
  }

  @Test
  void clientCloseEndsWhatWaitsForATokenToo() {
    time.advance(Duration.ofMinutes(5));
    CompletableFuture<HttpAnswer> refresh = http.open();
    CompletableFuture<ApiResult<ObjectNode>> end = call();
    client.close();
    assertThatThrownBy(end::join).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(refresh).isCancelled();
    time.advance(Duration.ofMinutes(5));
    assertThat(http.calls()).hasSize(1);
  }

  @Test
  void secretsNothingShowsATokenOrItsSuccessor() {
    assertThat(client.session().toString()).doesNotContain("t1").doesNotContain("r1");
    assertThat(new LoginStatus.Renewed(client.session()).toString()).doesNotContain("r1");
    assertThat(RefreshToken.of("r1").reveal()).isEqualTo("r1");
  }
}

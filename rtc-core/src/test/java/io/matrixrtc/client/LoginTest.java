package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.json.Json;
import io.matrixrtc.keys.VirtualTime;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
  private static final URI HOMESERVER = URI.create("http://localhost:8008");
  private static final Credentials ALICE =
      Credentials.of("alice", "correct horse", "test phone").asDevice("PHONE");
  private static final String LOGGED_IN =
      "{\"user_id\":\"@alice:hs.test\",\"device_id\":\"PHONE\",\"access_token\":\"syt_abc\"}";

  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final ClientSettings settings = ClientSettings.of(http, time);

  private LoginOutcome login() {
    return now(MatrixClient.login(HOMESERVER, ALICE, settings));
  }

  private LoginOutcome register() {
    return now(MatrixClient.register(HOMESERVER, ALICE, settings));
  }

  private static <T> T now(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertThat(future).isDone();
    return future.join();
  }

  @Test
  void loginPasswordComesBackAsTheSameDevice() throws Exception {
    http.ok(LOGGED_IN);
    LoginOutcome outcome = login();
    assertThat(Json.parse(http.last().body().orElseThrow()))
        .isEqualTo(
            Json.parse(
                "{\"type\":\"m.login.password\",\"identifier\":{\"type\":\"m.id.user\","
                    + "\"user\":\"alice\"},\"password\":\"correct horse\","
                    + "\"device_id\":\"PHONE\",\"initial_device_display_name\":\"test phone\"}"));
    assertThat(http.last().token()).isEmpty();
    MatrixSession session = ((LoginOutcome.LoggedIn) outcome).session();
    assertThat(session)
        .isEqualTo(new MatrixSession(HOMESERVER, "@alice:hs.test", "PHONE", session.token()));
    assertThat(session.token().reveal()).isEqualTo("syt_abc");
    assertThat(outcome.sentence()).isEqualTo("Logged in as @alice:hs.test, device PHONE.");
  }

  @Test
  void loginRefreshIsAskedForAndTheTokensAreKept() {
    http.ok(LOGGED_IN.replace("}", ",\"refresh_token\":\"syr_1\",\"expires_in_ms\":60000}"));
    LoginOutcome outcome = now(MatrixClient.login(HOMESERVER, ALICE.withRefresh(), settings));
    assertThat(http.last().body().orElseThrow()).contains("\"refresh_token\":true");
    MatrixSession session = ((LoginOutcome.LoggedIn) outcome).session();
    assertThat(session.refreshToken().orElseThrow().reveal()).isEqualTo("syr_1");
    assertThat(session.expiresAt()).contains(time.now().plusSeconds(60));
    for (String lifetime : new String[] {"0", "-1", "\"60000\"", "1.5", "1e30", "null"}) {
      http.ok(LOGGED_IN.replace("}", ",\"expires_in_ms\":" + lifetime + "}"));
      assertThat(((LoginOutcome.LoggedIn) login()).session().expiresAt()).as(lifetime).isEmpty();
    }
    http.ok(LOGGED_IN.replace("}", ",\"expires_in_ms\":" + Long.MAX_VALUE + "}"));
    assertThat(((LoginOutcome.LoggedIn) login()).session().expiresAt()).isPresent();
  }

  @Test
  void loginSentenceWrongPassword() {
    http.status(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"Invalid username or password\"}");
    assertThat(login().sentence())
        .isEqualTo(
            "The homeserver http://localhost:8008 does not accept this password for alice."
                + " Check user name and password, and that the user is registered there.");
  }

  @Test
  void loginSentenceUnreachableAndTriedOnce() {
    http.lost();
    LoginOutcome outcome = login();
    assertThat(outcome).isInstanceOf(LoginOutcome.Failed.class);
    assertThat(outcome.sentence())
        .isEqualTo(
            "The homeserver http://localhost:8008 does not answer (connection reset)."
                + " Check the address, that the server runs, and the network.");
    assertThat(http.calls()).hasSize(1);
  }

  @Test
  void loginSentenceNoPasswordLogin() {
    http.status(400, "{\"errcode\":\"M_UNKNOWN\",\"error\":\"Unknown login type\"}");
    assertThat(login()).isInstanceOf(LoginOutcome.NeedsBrowser.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user_id\":\"@a:b\",\"device_id\":\"D\"}",
        "{\"user_id\":\"a:b\",\"device_id\":\"D\",\"access_token\":\"t\"}",
        "{\"user_id\":\"@a:b c\",\"device_id\":\"D\",\"access_token\":\"t\"}",
        "{\"user_id\":\"@a:b\",\"device_id\":\"\\n\",\"access_token\":\"t\"}",
        "{\"user_id\":\"@a:b\",\"access_token\":\"t\"}",
        "{\"device_id\":\"D\",\"access_token\":\"t\"}",
        "{\"user_id\":\"@a:b\",\"device_id\":\"D\",\"access_token\":\"a\\r\\nEvil: 1\"}"
      })
  void loginAnswerMustHoldUserDeviceAndToken(String answer) {
    http.ok(answer);
    LoginOutcome.Failed failed = (LoginOutcome.Failed) login();
    assertThat(failed.failure()).isInstanceOf(ApiFailure.NotMatrix.class);
  }

  @Test
  void loginDummyRegistrationInTwoSteps() throws Exception {
    http.status(
        401, "{\"session\":\"S1\",\"flows\":[{\"stages\":[\"m.login.dummy\"]}],\"params\":{}}");
    http.ok(LOGGED_IN);
    assertThat(register()).isInstanceOf(LoginOutcome.LoggedIn.class);
    assertThat(Json.parse(http.last().body().orElseThrow()).path("auth"))
        .isEqualTo(Json.parse("{\"type\":\"m.login.dummy\",\"session\":\"S1\"}"));
    assertThat(Json.parse(http.last().body().orElseThrow()).path("username").asText())
        .isEqualTo("alice");
  }

  @Test
  void loginDummyOtherStagesNeedABrowser() {
    http.status(
        401,
        "{\"session\":\"S1\",\"flows\":[{\"stages\":[\"m.login.recaptcha\",\"m.login.dummy\"]}]}");
    assertThat(register()).isInstanceOf(LoginOutcome.NeedsBrowser.class);
    assertThat(http.calls()).hasSize(1);
  }

  @Test
  void loginSentenceNameTaken() {
    http.status(400, "{\"errcode\":\"M_USER_IN_USE\",\"error\":\"taken\"}");
    assertThat(register().sentence()).contains("is taken").contains("log in");
  }

  @Test
  void secretsCredentialsDoNotShowThePassword() {
    assertThat(ALICE.toString()).isEqualTo("Credentials[alice, device PHONE]");
  }
}

package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.time.SystemTime;
import io.matrixrtc.homeserver.time.TimeSource;
import io.matrixrtc.livekit.OpenIdToken;
import io.matrixrtc.livekit.Participant;
import io.matrixrtc.livekit.ServiceUrl;
import io.matrixrtc.livekit.SfuTokens;
import io.matrixrtc.livekit.TokenFailure;
import io.matrixrtc.livekit.TokenOutcome;
import io.matrixrtc.session.LivekitNames;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Our client, the embedded homeserver and the token service, over HTTP. */
class WholeWayTest {
  private static final String ROOM = "!abc:localhost";

  /** The machine's time, which a test can set forward. */
  private static final class Shifted implements TimeSource {
    private final TimeSource real = new SystemTime();
    private volatile Duration shift = Duration.ZERO;

    @Override
    public Instant instant() {
      return real.instant().plus(shift);
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
      return real.after(delay, task);
    }
  }

  private static <T> T end(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void aUserOfTheEmbeddedHomeserverGetsATokenUntilItsOpenIdTokenExpires_LK_UNAUTHORIZED()
      throws Exception {
    Shifted time = new Shifted();
    HomeserverConfig config =
        HomeserverConfig.defaults().withPort(0).withServerName("localhost").withTime(time);
    try (EmbeddedHomeserver homeserver = EmbeddedHomeserver.start(config);
        TokenService service = TokenService.start(settings(homeserver));
        ClientThreads threads = ClientThreads.start()) {
      URI url = URI.create(homeserver.baseUrl().toString());
      MatrixSession session =
          end(MatrixClient.register(
                  url, Credentials.of("alice", "secret", "x"), threads.settings()))
              .orThrow();
      ServiceUrl sfu = ServiceUrl.parse("http://127.0.0.1:" + service.port()).orElseThrow();
      Participant alice =
          Participant.ofSticky(
              ROOM, Participant.ROOM_CALL, session.userId(), session.deviceId(), "mid");
      io.matrixrtc.livekit.TokenService tokens =
          new io.matrixrtc.livekit.TokenService(threads.settings());
      try (MatrixClient client = new MatrixClient(session, threads.settings())) {
        TokenOutcome outcome = end(new SfuTokens(client, tokens, alice).forSfu(sfu, true));
        TokenOutcome.Granted granted = (TokenOutcome.Granted) outcome;
        assertThat(granted.access().roomAlias())
            .isEqualTo(LivekitNames.roomAlias(ROOM, Participant.ROOM_CALL));
        assertThat(granted.access().identity())
            .isEqualTo(LivekitNames.stickyIdentity(session.userId(), session.deviceId(), "mid"));
        assertThat(JWT.decode(granted.access().revealJwt()).getIssuer()).isEqualTo("devkey");

        OpenIdToken openId = end(OpenIdToken.request(client)).orThrow();
        assertThat(end(tokens.own(sfu, alice, openId, Optional.empty())))
            .as("control: it has not expired")
            .isInstanceOf(TokenOutcome.Granted.class);
        Participant bob =
            Participant.ofSticky(ROOM, Participant.ROOM_CALL, "@bob:localhost", "D", "mid");
        assertThat(end(tokens.own(sfu, bob, openId, Optional.empty())))
            .as("another user's")
            .isEqualTo(new TokenOutcome.Failed(new TokenFailure.NotAuthorized()));
        time.shift = Duration.ofHours(2);
        assertThat(end(tokens.own(sfu, alice, openId, Optional.empty())))
            .as("it expired")
            .isEqualTo(new TokenOutcome.Failed(new TokenFailure.NotAuthorized()));
      }
    }
  }

  /** Users of the homeserver have no full access here, as no SFU is there to open a room. */
  private static TokenServiceConfig settings(EmbeddedHomeserver homeserver) {
    return TokenServiceConfig.of(World.SFU_URL, World.KEY, new FullAccess(List.of("elsewhere")))
        .listeningOn("127.0.0.1", 0)
        .withServers(Map.of(), Map.of("localhost", URI.create(homeserver.baseUrl().toString())));
  }
}

package io.matrixrtc.token;

import io.livekit.server.AccessToken;
import io.livekit.server.CanPublish;
import io.livekit.server.CanSubscribe;
import io.livekit.server.CanUpdateOwnMetadata;
import io.livekit.server.RoomJoin;
import io.livekit.server.RoomName;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/** Makes the tokens with which a participant enters a LiveKit room. Safe for many threads. */
final class JoinTokens {
  /** How long a token opens the room, as upstream has it. */
  static final Duration LIFETIME = Duration.ofHours(1);

  private final ApiKey apiKey;

  JoinTokens(ApiKey apiKey) {
    this.apiKey = apiKey;
  }

  /**
   * Returns a token to join, publish and subscribe (LK-GRANTS). It creates no room, whoever asks.
   *
   * @param roomAlias the LiveKit room
   * @param identity the participant identity
   * @param now from when on it is valid; whole seconds count
   */
  String mint(String roomAlias, String identity, Instant now) {
    AccessToken token = new AccessToken(apiKey.key(), apiKey.secret());
    token.setIdentity(identity);
    token.setNotBefore(Date.from(now));
    token.setExpiration(Date.from(now.plus(LIFETIME)));
    token.addGrants(
        new RoomJoin(true),
        new RoomName(roomAlias),
        new CanPublish(true),
        new CanSubscribe(true),
        new CanUpdateOwnMetadata(true));
    return token.toJwt();
  }
}

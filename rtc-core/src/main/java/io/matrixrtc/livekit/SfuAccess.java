package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What opens the room of a call at an SFU. Holds a secret, which nothing shows. */
public final class SfuAccess {
  private static final Set<String> SCHEMES = Set.of("ws", "wss", "http", "https");

  private final URI url;
  private final String jwt;
  private final String roomAlias;
  private final String identity;

  private SfuAccess(URI url, String jwt, String roomAlias, String identity) {
    this.url = url;
    this.jwt = jwt;
    this.roomAlias = roomAlias;
    this.identity = identity;
  }

  /**
   * Reads a token service's answer. The names are read from the token without verifying it: only
   * the SFU has the key (SFU-JWT).
   */
  static Optional<SfuAccess> read(ObjectNode answer) {
    String jwt = answer.path("jwt").asText();
    String[] parts = jwt.split("\\.", -1);
    if (parts.length != 3 || !jwt.matches("[A-Za-z0-9_.-]+")) {
      return Optional.empty();
    }
    try {
      URI url = new URI(answer.path("url").asText());
      ObjectNode claims = Json.parseObject(Base64.getUrlDecoder().decode(parts[1]));
      String room = claims.path("video").path("room").asText();
      String identity = claims.path("sub").asText();
      boolean whole =
          url.getScheme() != null
              && SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT))
              && url.getHost() != null
              && !room.isEmpty()
              && !identity.isEmpty();
      return whole ? Optional.of(new SfuAccess(url, jwt, room, identity)) : Optional.empty();
    } catch (URISyntaxException | MalformedJsonException | IllegalArgumentException e) {
      return Optional.empty(); // what is no answer of a token service opens nothing
    }
  }

  /** Where the SFU is: a WebSocket URL. */
  public URI url() {
    return url;
  }

  /** The token, for LiveKit's client alone. */
  public String revealJwt() {
    return jwt;
  }

  /** The LiveKit room. */
  public String roomAlias() {
    return roomAlias;
  }

  /** The participant identity. */
  public String identity() {
    return identity;
  }

  /** Shows no token. */
  @Override
  public String toString() {
    return "SfuAccess[" + url.getHost() + ", room " + roomAlias + ", identity " + identity + "]";
  }
}

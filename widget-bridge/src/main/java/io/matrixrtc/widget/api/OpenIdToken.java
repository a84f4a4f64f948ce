package io.matrixrtc.widget.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * A token by which a third party can ask the homeserver who the user is. One per request, never
 * kept. Never shown by {@link #toString}.
 *
 * @param accessToken the token; useless for the client-server API, but proof of identity
 * @param expiresIn how long it holds
 * @param matrixServerName the server to ask
 * @param tokenType {@code Bearer}
 */
public record OpenIdToken(
    String accessToken, Duration expiresIn, String matrixServerName, String tokenType) {
  public OpenIdToken {
    if (accessToken.isEmpty() || matrixServerName.isEmpty()) {
      throw new IllegalArgumentException("an OpenID token has a token and a server");
    }
  }

  /** Adds the four members to a reply. */
  public void writeTo(ObjectNode json) {
    json.put("access_token", accessToken);
    json.put("expires_in", expiresIn.toSeconds());
    json.put("matrix_server_name", matrixServerName);
    json.put("token_type", tokenType);
  }

  @Override
  public String toString() {
    return "OpenIdToken[" + matrixServerName + ", " + expiresIn + "]";
  }
}

package io.matrixrtc.token;

/**
 * The OpenID token that a client had from its homeserver. Client-server API, "OpenID".
 *
 * @param accessToken a secret: whoever has it can speak for the user here
 * @param matrixServerName the homeserver that vouches, as the caller says
 */
record OpenIdToken(String accessToken, String matrixServerName) {

  /** Shows the server alone. */
  @Override
  public String toString() {
    return "OpenIdToken[" + matrixServerName + "]";
  }
}

package io.matrixrtc.widget.client;

import io.matrixrtc.widget.api.OpenIdToken;

/** What came of a request for an OpenID token. */
public sealed interface OpenIdAnswer {
  /** A token, for one use. */
  record Allowed(OpenIdToken token) implements OpenIdAnswer {}

  /** The user, or the host, does not want that. */
  record Blocked() implements OpenIdAnswer {}

  /** The host failed, or spoke nonsense. */
  record Failed(String reason) implements OpenIdAnswer {}
}

package io.matrixrtc.homeserver.http;

import java.util.Optional;

/** Tells whose an access token is. Called on the state thread. */
public interface Tokens {
  /** The device that the token works for. */
  Optional<Session> session(String token);

  /** Whether the token worked once and its device is still there: a soft logout. */
  boolean isExpired(String token);

  /** The device has just made a request with this token from this address. */
  void seen(String token, Session session, String address);
}

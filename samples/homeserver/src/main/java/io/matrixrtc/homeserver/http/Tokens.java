package io.matrixrtc.homeserver.http;

import java.util.Optional;

/** Tells whose an access token is. Called on the state thread. */
public interface Tokens {
  Optional<Session> session(String token);

  /** The device has just made a request from this address. */
  void seen(Session session, String address);
}

package io.matrixrtc.e2ee;

/**
 * The homeserver finally refused or never answered a request; whoever sent it will not try again.
 *
 * @param reason for people; holds no secret
 * @param oneTimeKeyExists whether it refused an upload because it holds another one-time key under
 *     one of the ids
 */
public record RequestFailure(String reason, boolean oneTimeKeyExists) {
  /** A failure of any other kind. */
  public RequestFailure(String reason) {
    this(reason, false);
  }
}

package io.matrixrtc.e2ee;

/**
 * The homeserver finally refused or never answered a request; whoever sent it will not try again.
 *
 * @param reason for people; holds no secret
 */
public record RequestFailure(String reason) {}

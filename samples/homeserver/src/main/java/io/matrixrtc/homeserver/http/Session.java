package io.matrixrtc.homeserver.http;

/** Who a request comes from: the user and device that its access token belongs to. */
public record Session(String userId, String deviceId) {}

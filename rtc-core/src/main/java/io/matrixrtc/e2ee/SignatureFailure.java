package io.matrixrtc.e2ee;

/**
 * A signature that the homeserver did not take, or that could not be made any more.
 *
 * @param target what was to be signed
 * @param errcode the Matrix error code; {@code M_NOT_FOUND} where nothing is known to sign any more
 * @param message for people
 */
public record SignatureFailure(SignatureTarget target, String errcode, String message) {}

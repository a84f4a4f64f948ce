package io.matrixrtc.backup.sharing;

import java.util.Optional;

/**
 * Who passed a room key on to us in a bundle. To be shown with the messages that it opens ("Alice
 * shared this message"): nothing proves whose they are.
 *
 * @param userId the user
 * @param deviceId the device
 * @param masterKey the user's master key then, in base64, if it was known
 */
public record Forwarder(String userId, String deviceId, Optional<String> masterKey) {}

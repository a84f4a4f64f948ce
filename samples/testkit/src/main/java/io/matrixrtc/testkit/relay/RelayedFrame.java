package io.matrixrtc.testkit.relay;

import java.time.Instant;

/**
 * A frame as the relay passes it on and records it.
 *
 * @param globalSequence counts all frames the relay ever received, from 0
 * @param receivedAt when the relay had it, by the relay's clock, in microseconds
 * @param sender the identity of the connection it came from
 * @param frame what was sent
 */
public record RelayedFrame(
    long globalSequence, Instant receivedAt, String sender, PublishedFrame frame) {}

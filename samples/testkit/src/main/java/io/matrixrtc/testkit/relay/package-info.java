/**
 * A stand-in for the SFU: a relay that forwards every encrypted frame to everyone, has no keys, and
 * keeps all it saw on a tape that can be searched.
 *
 * <p>Loopback only and without authentication: it is the attacker-friendly middle of a test, not a
 * server.
 */
@NullMarked
package io.matrixrtc.testkit.relay;

import org.jspecify.annotations.NullMarked;

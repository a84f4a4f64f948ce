package io.matrixrtc.testkit.trace;

import java.time.Instant;

/**
 * An event and its time.
 *
 * @param at time of day inside the call
 * @param ms milliseconds since the call's start
 */
public record TraceEntry(Instant at, long ms, TraceEvent event) {}

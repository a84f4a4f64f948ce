/**
 * The way to the SFU: which one a member publishes on, and the token that opens its room. No tokens
 * are made here, and no media is carried.
 */
@NullMarked
package io.matrixrtc.livekit;

import org.jspecify.annotations.NullMarked;

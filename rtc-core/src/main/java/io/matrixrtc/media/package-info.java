/**
 * Media keys and frames: what a member's key is ({@link io.matrixrtc.media.MediaKey}), where a
 * member's keys are kept, retired and ratcheted ({@link io.matrixrtc.media.KeyRing}), and how
 * frames and data packets are encrypted with them in LiveKit's format ({@link
 * io.matrixrtc.media.FrameEncryptor}, {@link io.matrixrtc.media.FrameDecryptor}, {@link
 * io.matrixrtc.media.DataPacketCipher}). Caller-owned arrays in and out; no I/O, no threads, time
 * and randomness from outside. The rules are in {@code docs/protocols/media.md}.
 */
@NullMarked
package io.matrixrtc.media;

import org.jspecify.annotations.NullMarked;

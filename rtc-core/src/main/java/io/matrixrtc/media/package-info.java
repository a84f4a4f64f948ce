/**
 * Media keys and frames: {@code MediaKey}, key rings, the ratchet, frame encryption and decryption
 * in LiveKit's format. No I/O.
 */
@NullMarked
package io.matrixrtc.media;

import org.jspecify.annotations.NullMarked;

/**
 * Encoded media for scripted calls: short clips, Ogg/Opus and IVF/VP8 taken apart into frames and
 * put together again, and the clock that plays them. No codec: nothing here decodes sound or
 * pictures.
 */
@NullMarked
package io.matrixrtc.testkit.media;

import org.jspecify.annotations.NullMarked;

/** Delayed leave events that clients hand over: kept alive while the participant is at the SFU. */
@NullMarked
package io.matrixrtc.token.leave;

import org.jspecify.annotations.NullMarked;

/** Delayed events (MSC4140): what is scheduled, the alarm that sends it, and the endpoints. */
@NullMarked
package io.matrixrtc.homeserver.delayed;

import org.jspecify.annotations.NullMarked;

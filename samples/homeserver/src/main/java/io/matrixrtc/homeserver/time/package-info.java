/** The clock and alarms of the server. */
@NullMarked
package io.matrixrtc.homeserver.time;

import org.jspecify.annotations.NullMarked;

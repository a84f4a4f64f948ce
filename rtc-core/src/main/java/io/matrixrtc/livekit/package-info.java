/** LiveKit transports of a call and the client of their token service. Mints no tokens. */
@NullMarked
package io.matrixrtc.livekit;

import org.jspecify.annotations.NullMarked;

/** Positions in the server's stream as clients see them: the tokens of sync and of timelines. */
@NullMarked
package io.matrixrtc.homeserver.stream;

import org.jspecify.annotations.NullMarked;

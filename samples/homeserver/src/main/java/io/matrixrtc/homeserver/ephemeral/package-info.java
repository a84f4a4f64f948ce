/** What a room shows beside its events: who is typing, and who has read how far. */
@NullMarked
package io.matrixrtc.homeserver.ephemeral;

import org.jspecify.annotations.NullMarked;

/** Server-side key backup: versions, entries with their replacement rule, and the endpoints. */
@NullMarked
package io.matrixrtc.homeserver.backup;

import org.jspecify.annotations.NullMarked;

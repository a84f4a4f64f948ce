/** Hooks for tests: provoked faults, withheld syncs, the log of all requests. */
@NullMarked
package io.matrixrtc.homeserver.faults;

import org.jspecify.annotations.NullMarked;

/**
 * An embedded homeserver for development and tests. Uses nothing of rtc-core, so that it does not
 * share its bugs.
 */
@NullMarked
package io.matrixrtc.homeserver;

import org.jspecify.annotations.NullMarked;

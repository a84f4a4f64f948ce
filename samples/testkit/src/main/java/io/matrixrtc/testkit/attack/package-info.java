/**
 * Attacks on a call, by someone who holds everything it ever legitimately got. Written without
 * rtc-core's media classes, so that a fault there cannot hide itself here.
 */
@NullMarked
package io.matrixrtc.testkit.attack;

import org.jspecify.annotations.NullMarked;

/**
 * Short programs that people copy from, each with fewer than 60 lines of code. How one tests one's
 * own key sharing is in the tests: {@code KeySharingTest}.
 */
@NullMarked
package io.matrixrtc.examples;

import org.jspecify.annotations.NullMarked;

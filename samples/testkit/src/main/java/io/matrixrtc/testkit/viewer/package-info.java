/** A trace as one page to look at: what happened when, to whom, and what the messages said. */
@NullMarked
package io.matrixrtc.testkit.viewer;

import org.jspecify.annotations.NullMarked;

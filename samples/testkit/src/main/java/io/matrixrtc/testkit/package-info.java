/** Scripted calls: worlds, participants, expectations, faults. */
@NullMarked
package io.matrixrtc.testkit;

import org.jspecify.annotations.NullMarked;

/** The time that scripts run in: the machine's, or a virtual one that nobody waits for. */
@NullMarked
package io.matrixrtc.testkit.time;

import org.jspecify.annotations.NullMarked;

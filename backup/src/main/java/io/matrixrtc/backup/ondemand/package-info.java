/** Keys for messages that are waiting: one at a time, ahead of everything. Decides; does no I/O. */
@NullMarked
package io.matrixrtc.backup.ondemand;

import org.jspecify.annotations.NullMarked;

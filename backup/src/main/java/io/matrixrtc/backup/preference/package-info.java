/** Whether the user wants a backup at all (MSC4287). Decides; does no I/O. */
@NullMarked
package io.matrixrtc.backup.preference;

import org.jspecify.annotations.NullMarked;

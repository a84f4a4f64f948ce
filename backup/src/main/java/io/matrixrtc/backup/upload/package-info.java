/** Keeps the backup up to date: batches, back-off, and when to stop. Decides; does no I/O. */
@NullMarked
package io.matrixrtc.backup.upload;

import org.jspecify.annotations.NullMarked;

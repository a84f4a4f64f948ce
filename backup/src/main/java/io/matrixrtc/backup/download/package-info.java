/**
 * The download of a whole backup: read as a stream into a spool of frames on disk, imported from
 * there in transactions that hold the keys and the checkpoint, so that it goes on wherever it was
 * stopped. Decides and writes; network, time and threads are the caller's.
 */
@NullMarked
package io.matrixrtc.backup.download;

import org.jspecify.annotations.NullMarked;

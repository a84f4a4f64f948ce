/** Restoring a whole backup into a store on disk. */
@NullMarked
package io.matrixrtc.benchmarks.restore;

import org.jspecify.annotations.NullMarked;

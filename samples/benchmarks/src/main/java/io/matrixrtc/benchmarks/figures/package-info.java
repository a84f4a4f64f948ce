/** All figures of a run in one table, beside what was asked for. */
@NullMarked
package io.matrixrtc.benchmarks.figures;

import org.jspecify.annotations.NullMarked;

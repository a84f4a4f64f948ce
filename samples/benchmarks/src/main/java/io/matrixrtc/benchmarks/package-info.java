/** JMH benchmarks, and peers measured in the same run. */
@NullMarked
package io.matrixrtc.benchmarks;

import org.jspecify.annotations.NullMarked;

/** A large call as it runs: whole clients over HTTP in one JVM. */
@NullMarked
package io.matrixrtc.benchmarks.call;

import org.jspecify.annotations.NullMarked;

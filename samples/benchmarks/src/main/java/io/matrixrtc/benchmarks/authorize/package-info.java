/** The token service under load. */
@NullMarked
package io.matrixrtc.benchmarks.authorize;

import org.jspecify.annotations.NullMarked;

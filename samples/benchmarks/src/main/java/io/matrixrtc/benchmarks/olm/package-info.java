/** The Olm ratchets against libolm and vodozemac, in one JVM and in turn. */
@NullMarked
package io.matrixrtc.benchmarks.olm;

import org.jspecify.annotations.NullMarked;

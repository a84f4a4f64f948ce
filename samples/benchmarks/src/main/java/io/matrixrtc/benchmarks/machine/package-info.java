/** The whole Olm machine: checks, device keys, JSON and store, alone and against the Rust SDK. */
@NullMarked
package io.matrixrtc.benchmarks.machine;

import org.jspecify.annotations.NullMarked;

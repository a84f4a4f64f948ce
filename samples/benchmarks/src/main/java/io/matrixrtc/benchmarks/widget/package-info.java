/** The widget bridge under load. */
@NullMarked
package io.matrixrtc.benchmarks.widget;

import org.jspecify.annotations.NullMarked;

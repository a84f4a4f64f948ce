/** Short programs that people copy from. */
@NullMarked
package io.matrixrtc.examples;

import org.jspecify.annotations.NullMarked;

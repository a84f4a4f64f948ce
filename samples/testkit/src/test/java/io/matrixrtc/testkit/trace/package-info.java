@NullMarked
package io.matrixrtc.testkit.trace;

import org.jspecify.annotations.NullMarked;

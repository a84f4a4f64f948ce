@NullMarked
package io.matrixrtc.testkit.time;

import org.jspecify.annotations.NullMarked;

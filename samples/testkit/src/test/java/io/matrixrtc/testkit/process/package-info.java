@NullMarked
package io.matrixrtc.testkit.process;

import org.jspecify.annotations.NullMarked;

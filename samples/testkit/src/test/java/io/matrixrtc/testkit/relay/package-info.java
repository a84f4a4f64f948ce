@NullMarked
package io.matrixrtc.testkit.relay;

import org.jspecify.annotations.NullMarked;

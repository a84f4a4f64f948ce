@NullMarked
package io.matrixrtc.testkit;

import org.jspecify.annotations.NullMarked;

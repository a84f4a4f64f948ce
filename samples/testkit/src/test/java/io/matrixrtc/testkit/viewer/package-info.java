@NullMarked
package io.matrixrtc.testkit.viewer;

import org.jspecify.annotations.NullMarked;

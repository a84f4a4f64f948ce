@NullMarked
package io.matrixrtc.testkit.junit;

import org.jspecify.annotations.NullMarked;

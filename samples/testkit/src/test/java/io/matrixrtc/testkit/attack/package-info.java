@NullMarked
package io.matrixrtc.testkit.attack;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.matrixrtc.testkit.scenario;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.matrixrtc.testkit.agent;

import org.jspecify.annotations.NullMarked;

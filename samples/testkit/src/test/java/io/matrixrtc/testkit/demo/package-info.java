@NullMarked
package io.matrixrtc.testkit.demo;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.matrixrtc.testkit.script;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.matrixrtc.testkit.peers;

import org.jspecify.annotations.NullMarked;

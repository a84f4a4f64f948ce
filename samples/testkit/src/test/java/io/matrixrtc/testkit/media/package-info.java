@NullMarked
package io.matrixrtc.testkit.media;

import org.jspecify.annotations.NullMarked;

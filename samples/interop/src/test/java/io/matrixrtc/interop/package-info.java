@NullMarked
package io.matrixrtc.interop;

import org.jspecify.annotations.NullMarked;

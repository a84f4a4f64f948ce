@NullMarked
package io.matrixrtc.cli;

import org.jspecify.annotations.NullMarked;

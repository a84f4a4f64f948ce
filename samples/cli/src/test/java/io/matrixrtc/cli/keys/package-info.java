@NullMarked
package io.matrixrtc.cli.keys;

import org.jspecify.annotations.NullMarked;

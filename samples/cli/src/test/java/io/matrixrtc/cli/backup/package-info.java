@NullMarked
package io.matrixrtc.cli.backup;

import org.jspecify.annotations.NullMarked;

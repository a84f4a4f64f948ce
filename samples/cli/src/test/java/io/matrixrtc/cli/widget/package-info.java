@NullMarked
package io.matrixrtc.cli.widget;

import org.jspecify.annotations.NullMarked;

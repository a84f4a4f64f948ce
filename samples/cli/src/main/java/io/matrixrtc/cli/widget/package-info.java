/** The server behind {@code matrixrtc widget-host}. */
@NullMarked
package io.matrixrtc.cli.widget;

import org.jspecify.annotations.NullMarked;

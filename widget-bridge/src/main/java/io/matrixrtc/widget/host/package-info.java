/**
 * The host side of the Widget API as a machine without I/O: messages, answers of ports and the time
 * go in, effects come out. {@link io.matrixrtc.widget.host.WidgetHost} runs it.
 */
@NullMarked
package io.matrixrtc.widget.host;

import org.jspecify.annotations.NullMarked;

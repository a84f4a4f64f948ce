/**
 * The relay between a host page and its bridge, as both ends keep it: numbers, acknowledgements and
 * what is sent again. Frames are JSON objects; what is in them is the ends' own business. No I/O.
 */
@NullMarked
package io.matrixrtc.widget.relay;

import org.jspecify.annotations.NullMarked;

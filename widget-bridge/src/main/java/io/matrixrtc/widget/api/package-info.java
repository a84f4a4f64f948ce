/**
 * The words of the Widget API, used by host and widget alike: messages, actions, versions,
 * capabilities, errors and URLs. No I/O, no state.
 */
@NullMarked
package io.matrixrtc.widget.api;

import org.jspecify.annotations.NullMarked;

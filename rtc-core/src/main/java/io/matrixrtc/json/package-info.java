/** The one {@code ObjectMapper}, limits on JSON from outside, and signed JSON objects. */
@NullMarked
package io.matrixrtc.json;

import org.jspecify.annotations.NullMarked;

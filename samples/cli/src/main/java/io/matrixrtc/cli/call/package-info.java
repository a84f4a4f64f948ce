/**
 * {@code matrixrtc call}: takes part in the call of a real room, without media, and shows its keys.
 */
@NullMarked
package io.matrixrtc.cli.call;

import org.jspecify.annotations.NullMarked;

/**
 * Device keys, one-time and fallback keys, cross-signing keys and the stream of device-list
 * changes.
 */
@NullMarked
package io.matrixrtc.homeserver.keys;

import org.jspecify.annotations.NullMarked;

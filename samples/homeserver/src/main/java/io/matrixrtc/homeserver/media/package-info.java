/** Files that clients upload and download. */
@NullMarked
package io.matrixrtc.homeserver.media;

import org.jspecify.annotations.NullMarked;

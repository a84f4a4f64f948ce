/** The sync endpoint: token, sections, long poll. */
@NullMarked
package io.matrixrtc.homeserver.sync;

import org.jspecify.annotations.NullMarked;

/** The to-device inbox of each device and the endpoint that fills it. */
@NullMarked
package io.matrixrtc.homeserver.todevice;

import org.jspecify.annotations.NullMarked;

/** Provoked faults on the way to a homeserver that runs elsewhere. */
@NullMarked
package io.matrixrtc.homeserver.proxy;

import org.jspecify.annotations.NullMarked;

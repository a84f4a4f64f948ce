/** The LiveKit token service, the JVM twin of lk-jwt-service. */
@NullMarked
package io.matrixrtc.token;

import org.jspecify.annotations.NullMarked;

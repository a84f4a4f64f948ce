/** Homeservers for worlds: the embedded one, and any other that is reached by its URL. */
@NullMarked
package io.matrixrtc.testkit.server;

import org.jspecify.annotations.NullMarked;

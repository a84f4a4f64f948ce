/** Matrix widgets hosted from the JVM: the client side of the Widget API. */
@NullMarked
package io.matrixrtc.widget;

import org.jspecify.annotations.NullMarked;

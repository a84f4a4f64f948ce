/**
 * What an app needs to host Element Call: an account's drivers and a bridge, put together. Nobody
 * of the others knows it.
 */
@NullMarked
package io.matrixrtc.widget.embed;

import org.jspecify.annotations.NullMarked;

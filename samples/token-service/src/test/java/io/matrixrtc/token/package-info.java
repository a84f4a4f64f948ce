/** Tests of the token service. */
@NullMarked
package io.matrixrtc.token;

import org.jspecify.annotations.NullMarked;

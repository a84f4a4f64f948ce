/** Tests of the token service. */
@NullMarked
package io.matrixrtc.token.leave;

import org.jspecify.annotations.NullMarked;

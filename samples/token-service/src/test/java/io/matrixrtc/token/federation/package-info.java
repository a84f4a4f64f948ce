/** Tests of the token service. */
@NullMarked
package io.matrixrtc.token.federation;

import org.jspecify.annotations.NullMarked;

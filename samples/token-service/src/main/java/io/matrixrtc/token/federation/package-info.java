/**
 * Requests to servers whose name comes from a caller: server discovery, and connections that reach
 * only addresses which the policy allows.
 */
@NullMarked
package io.matrixrtc.token.federation;

import org.jspecify.annotations.NullMarked;

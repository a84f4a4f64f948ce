/**
 * MatrixRTC sessions: memberships of every wire generation, the own membership, {@code RtcSession}.
 */
@NullMarked
package io.matrixrtc.session;

import org.jspecify.annotations.NullMarked;

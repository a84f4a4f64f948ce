/**
 * Canonical JSON and Ed25519 signatures of JSON objects, written apart from rtc-core on purpose.
 */
@NullMarked
package io.matrixrtc.homeserver.signing;

import org.jspecify.annotations.NullMarked;

/**
 * Distribution of media keys: {@code EncryptionManager}, {@code KeyTransport} and its
 * implementations, rotation policies, delivery state.
 */
@NullMarked
package io.matrixrtc.keys;

import org.jspecify.annotations.NullMarked;

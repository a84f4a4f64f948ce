/**
 * The symmetric primitives that the formats of this project share, over the platform's providers.
 * To make a {@link javax.crypto.Cipher} or {@link javax.crypto.Mac} costs several times what a
 * short message does, so each thread keeps one of each kind; none keeps a key between calls. Bytes
 * in, bytes out; not exported but to the project's own modules.
 */
@NullMarked
package io.matrixrtc.cipher;

import org.jspecify.annotations.NullMarked;

/** The ciphers that the formats of this module share. Bytes in, bytes out; not exported. */
@NullMarked
package io.matrixrtc.backup.cipher;

import org.jspecify.annotations.NullMarked;

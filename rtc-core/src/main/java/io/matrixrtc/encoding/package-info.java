/**
 * Bytes and texts as Matrix signs and ships them: base64 flavours, canonical JSON, signing bytes.
 * Knows no JSON library.
 */
@NullMarked
package io.matrixrtc.encoding;

import org.jspecify.annotations.NullMarked;

/**
 * Olm and Megolm: accounts, sessions, ratchets and their messages. Bytes in, bytes out; no I/O, no
 * clock, no JSON.
 */
@NullMarked
package io.matrixrtc.olm;

import org.jspecify.annotations.NullMarked;

/** Megolm history keys: server-side key backup, secret storage, key files, history sharing. */
@NullMarked
package io.matrixrtc.backup;

import org.jspecify.annotations.NullMarked;

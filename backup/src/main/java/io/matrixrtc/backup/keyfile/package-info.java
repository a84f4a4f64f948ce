/** Key files: room keys in a text file under a passphrase, written and read as a stream. */
@NullMarked
package io.matrixrtc.backup.keyfile;

import org.jspecify.annotations.NullMarked;

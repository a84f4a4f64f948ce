/** The ports of this module on the crypto store: keys and checkpoints in one transaction. */
@NullMarked
package io.matrixrtc.backup.archive;

import org.jspecify.annotations.NullMarked;

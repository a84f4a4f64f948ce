/** What a person keeps or types: recovery keys and passphrases. */
@NullMarked
package io.matrixrtc.backup.recovery;

import org.jspecify.annotations.NullMarked;

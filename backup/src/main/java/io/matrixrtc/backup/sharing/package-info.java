/** History sharing (MSC3061, MSC4268): bundles of room keys for those who are invited. */
@NullMarked
package io.matrixrtc.backup.sharing;

import org.jspecify.annotations.NullMarked;

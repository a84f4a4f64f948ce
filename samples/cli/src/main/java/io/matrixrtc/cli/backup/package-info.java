/** {@code matrixrtc backup}: history keys, brought in, kept safe and looked at. */
@NullMarked
package io.matrixrtc.cli.backup;

import org.jspecify.annotations.NullMarked;

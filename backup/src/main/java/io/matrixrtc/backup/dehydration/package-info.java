/** Dehydrated devices (MSC3814): what a device on the server is made of. */
@NullMarked
package io.matrixrtc.backup.dehydration;

import org.jspecify.annotations.NullMarked;

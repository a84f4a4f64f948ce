/**
 * The server-side key backup itself: its key, its entries, and when it is trusted. The other ways
 * of keeping history keys are in the packages below this one.
 */
@NullMarked
package io.matrixrtc.backup;

import org.jspecify.annotations.NullMarked;

/** One room key as JSON carries it, in backups, key files and bundles alike. */
@NullMarked
package io.matrixrtc.backup.roomkey;

import org.jspecify.annotations.NullMarked;

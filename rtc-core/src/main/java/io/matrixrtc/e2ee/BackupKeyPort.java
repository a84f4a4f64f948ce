package io.matrixrtc.e2ee;

import java.util.Optional;

/**
 * Where the private key of the server-side backup of room keys is: the app, or {@code backup},
 * keeps it. Asked when a verified device of our user wants it, and to see whether we lack it.
 */
@FunctionalInterface
public interface BackupKeyPort {
  /** Returns the key, which the caller closes; empty if there is none. Must not block. */
  Optional<Secret> backupKey();
}

package io.matrixrtc.backup.ondemand;

import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.util.Optional;

/** Where a key may be found without asking the server. */
public interface LocalKeys {
  /** Whether the store can open the message at {@code index} of that session. */
  boolean canOpen(RoomKeyId id, long index) throws IOException;

  /** The entry that a running download has fetched and not imported. */
  Optional<String> fetchedEntry(RoomKeyId id) throws IOException;
}

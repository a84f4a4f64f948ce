package io.matrixrtc.backup.service;

import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.ondemand.LocalKeys;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import java.io.IOException;
import java.util.Optional;

/** What of a key is here already: in the store, or fetched by a download that runs. */
final class FetchedKeys implements LocalKeys {
  private final Archive archive;
  private final DownloadRunner downloads;

  FetchedKeys(Archive archive, DownloadRunner downloads) {
    this.archive = archive;
    this.downloads = downloads;
  }

  @Override
  public boolean canOpen(RoomKeyId id, long index) throws IOException {
    try {
      Optional<RoomKeyInfo> info = archive.use(room -> room.info(id));
      return info.filter(known -> known.firstKnownIndex() <= index).isPresent();
    } catch (VaultException e) {
      throw new IOException(e);
    }
  }

  @Override
  public Optional<String> fetchedEntry(RoomKeyId id) throws IOException {
    return downloads.fetchedNow(id);
  }
}

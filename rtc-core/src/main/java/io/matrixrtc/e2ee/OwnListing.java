package io.matrixrtc.e2ee;

import java.util.Set;

/**
 * Sees to it that our own device is known as it is listed. A query that was faster than the upload
 * of its keys did not show it, and if the upload came before the first sync the homeserver tells of
 * no change either; so the list is asked for again, once in each run (DEV-OWN-LATE).
 */
final class OwnListing {
  private final UserDevice own;
  private final KeyUploads uploads;
  private final DeviceTracker tracker;
  private final DeviceDirectory directory;
  private boolean askedAgain;

  OwnListing(UserDevice own, KeyUploads uploads, DeviceTracker tracker, DeviceDirectory directory) {
    this.own = own;
    this.uploads = uploads;
    this.tracker = tracker;
    this.directory = directory;
  }

  /** The homeserver answered something. */
  void onAnswer() throws CryptoStoreException {
    if (!askedAgain
        && uploads.published()
        && tracker.isCurrent(own.userId())
        && directory.find(own).isEmpty()) {
      askedAgain = true;
      tracker.changed(Set.of(own.userId())); // DEV-OWN-LATE
    }
  }
}

package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.preference.PreferenceEffect;
import io.matrixrtc.backup.upload.UploadFailure;
import java.util.Optional;

/** Told of what happens to a backup. Called on a thread of the service; must not block. */
public interface BackupListener {
  /**
   * The backup was judged.
   *
   * @param version the current one, if there is one
   * @param mayRead whether a private key is here that opens it
   * @param mayUpload whether our keys go there: we may, and the account wants a backup
   */
  default void judged(Optional<BackupVersion> version, boolean mayRead, boolean mayUpload) {}

  /**
   * Something follows from the account's preference (MSC4287), at the sign-in or later: {@link
   * PreferenceEffect.UseBackup}, {@link PreferenceEffect.StopBackup}, {@link
   * PreferenceEffect.DeleteBackup} or {@link PreferenceEffect.Tell}. The service has done it, but
   * for two things that need the user. It makes no backup by itself, since somebody must keep the
   * recovery key. And {@link BackupService#disable} alone deletes: not {@link
   * AccountPreference#turnOff}, and not the next run if the program ended before, since nobody
   * confirms then what is lost.
   */
  default void preference(PreferenceEffect effect) {}

  /** The server could not be asked; it is again, soon. */
  default void unknown(String sentence) {}

  /** How far the download of everything is: at most five times a second, and at the end. */
  default void download(DownloadProgress progress) {}

  /** Of a large backup rooms come one by one first: so many of them are here. */
  default void rooms(int done, int of) {}

  /** The rooms were all that there is: the backup is here, without being fetched as a whole. */
  default void roomsWereAll(BackupVersion version, long keys) {}

  /** So many keys of this device are not in the backup yet. */
  default void remaining(long keys) {}

  /** Nothing is uploaded any more, for this reason; the backup is judged again. */
  default void uploadsOff(UploadFailure.Kind reason) {}

  /** Store or disk failed: the service does nothing more until it is opened again. */
  default void broken(Exception why) {}
}

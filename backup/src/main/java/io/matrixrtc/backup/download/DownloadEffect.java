package io.matrixrtc.backup.download;

import java.time.Instant;

/** What {@link FullDownload} wants done. */
public sealed interface DownloadEffect {
  /** Ask for the whole backup of this version, and hand the bytes over as they come. */
  record Fetch(String version) implements DownloadEffect {}

  /** Break the request off. */
  record CancelFetch() implements DownloadEffect {}

  /** Call {@link FullDownload#step}, after whoever waits for the store. */
  record Step() implements DownloadEffect {}

  /** Call {@link FullDownload#wake} at that time; replaces an earlier one. */
  record WakeAt(Instant time) implements DownloadEffect {}

  /** Ask for the version, and hand the answer to {@link FullDownload#versionNow}. */
  record AskVersion() implements DownloadEffect {}

  /** Tell those who listen. */
  record Tell(DownloadProgress progress) implements DownloadEffect {}

  /** The backup has changed since it started: run again in a day or so, for the rest. */
  record LightPassDue() implements DownloadEffect {}
}

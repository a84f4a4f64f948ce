package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.FetchFailure;

/** Which backup version is current. */
public sealed interface VersionAnswer {
  /** This one. */
  record Current(BackupVersion version) implements VersionAnswer {}

  /** There is none. */
  record None() implements VersionAnswer {}

  /** It could not be asked: that is not the same as none. */
  record Unknown(FetchFailure failure, String sentence) implements VersionAnswer {}
}

package io.matrixrtc.backup.service;

import io.matrixrtc.backup.download.FetchFailure;
import java.util.concurrent.CompletionStage;

/** Where a whole backup comes from: a homeserver, or a saved answer of one. */
public interface BackupSource {
  /**
   * Begins to read the whole backup. {@code body} gets its bytes, one call after another, and then
   * how it ended.
   *
   * @return breaks it off; {@code body} then gets nothing more, or what was on its way
   */
  Reading read(String version, Body body);

  /** Asks which version is current. Completes normally, whatever the answer is. */
  CompletionStage<VersionAnswer> version();

  /** Takes an answer as it comes. */
  interface Body {
    /** Takes the next bytes, which it may keep; more come when the stage completes. */
    CompletionStage<Void> take(byte[] bytes);

    /** It came to its end without an error. */
    void ended();

    /** It did not come, or broke off. */
    void failed(FetchFailure failure);
  }

  /** A reading under way. */
  @FunctionalInterface
  interface Reading {
    /** Breaks it off. */
    void cancel();
  }
}

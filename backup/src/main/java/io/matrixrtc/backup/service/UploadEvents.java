package io.matrixrtc.backup.service;

import io.matrixrtc.backup.upload.UploadFailure;
import java.util.function.Consumer;

/** What the service does about the events of its uploads. */
final class UploadEvents implements UploadRunner.Listener {
  private final BackupListener listener;
  private final Runnable check;
  private final Consumer<Exception> broken;
  private final Uploaded uploaded;

  /** What is told of an upload. */
  @FunctionalInterface
  interface Uploaded {
    void to(String version, String etag, long count);
  }

  UploadEvents(
      BackupListener listener, Runnable check, Uploaded uploaded, Consumer<Exception> broken) {
    this.uploaded = uploaded;
    this.listener = listener;
    this.check = check;
    this.broken = broken;
  }

  @Override
  public void remaining(long keys) {
    listener.remaining(keys);
  }

  @Override
  public void turnedOff(UploadFailure.Kind reason) {
    listener.uploadsOff(reason);
  }

  @Override
  public void checkServer() {
    check.run();
  }

  @Override
  public void uploaded(String version, String etag, long count) {
    uploaded.to(version, etag, count);
  }

  @Override
  public void delayed(UploadFailure failure) {
    // tried again by itself; what stays undone is told as remaining
  }

  @Override
  public void broken(Exception why) {
    broken.accept(why);
  }
}

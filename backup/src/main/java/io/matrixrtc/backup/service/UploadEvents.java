package io.matrixrtc.backup.service;

import io.matrixrtc.backup.upload.UploadFailure;
import java.util.function.Consumer;

/** What the service does about the events of its uploads. */
final class UploadEvents implements UploadRunner.Listener {
  private final BackupListener listener;
  private final Runnable check;
  private final Consumer<Exception> broken;

  UploadEvents(BackupListener listener, Runnable check, Consumer<Exception> broken) {
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
  public void delayed(UploadFailure failure) {
    // tried again by itself; what stays undone is told as remaining
  }

  @Override
  public void broken(Exception why) {
    broken.accept(why);
  }
}

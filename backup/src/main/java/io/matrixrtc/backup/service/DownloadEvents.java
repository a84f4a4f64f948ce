package io.matrixrtc.backup.service;

import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.roomkey.VaultException;
import java.util.function.Consumer;

/**
 * What the service does about the events of its download.
 *
 * @param check asks which version is current, and judges it
 * @param lightPass others have added keys since the download began
 */
record DownloadEvents(
    BackupListener listener,
    KeptKey key,
    Runnable check,
    Runnable lightPass,
    Consumer<Exception> why)
    implements DownloadRunner.Listener {
  @Override
  public void progress(DownloadProgress progress) {
    listener.download(progress);
    try {
      boolean next = progress.state().isFinal() && key.downloadEnded();
      if (next || progress.state() == DownloadState.DONE) {
        check.run(); // complete and unchanged: the lane rests
      }
    } catch (VaultException e) {
      broken(e);
    }
  }

  @Override
  public void lightPassDue() {
    lightPass.run();
  }

  @Override
  public void broken(Exception reason) {
    why.accept(reason);
  }
}

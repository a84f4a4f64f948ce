package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.UploadRunner;
import io.matrixrtc.backup.upload.UploadFailure;
import io.matrixrtc.backup.upload.UploadLoop;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Uploads what is not in a version yet, and waits for the end. */
final class Uploads implements UploadRunner.Listener {
  private static final int MAX_FAILURES = 5;

  private final Printer printer;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private int failures;

  private Uploads(Printer printer) {
    this.printer = printer;
  }

  /** Returns the exit code. */
  static int run(Account account, Printer printer, String version, Curve25519PublicKey sealTo)
      throws CommandFailure, InterruptedException {
    Uploads uploads = new Uploads(printer);
    try (BackupThreads threads = new BackupThreads()) {
      UploadLoop loop = new UploadLoop(account.vault(), RandomSource.secure());
      UploadRunner runner = new UploadRunner(loop, account.api(), threads.scheduler(), uploads);
      runner.enable(version, sealTo);
      runner.flush();
      uploads.end.get();
      runner.close().toCompletableFuture().get();
      return 0;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure failure
          ? failure
          : new CommandFailure("the upload stopped: " + e.getMessage() + ".");
    }
  }

  @Override
  public void remaining(long keys) {
    failures = 0;
    printer.tell(
        "upload",
        json -> json.put("remaining", keys),
        keys == 0 ? "All keys are in the backup." : keys + " keys to go.");
    if (keys == 0) {
      end.complete(true);
    }
  }

  @Override
  public void turnedOff(UploadFailure.Kind reason) {
    end.completeExceptionally(
        new CommandFailure("another backup is current by now. Look at it with: backup status"));
  }

  @Override
  public void checkServer() {
    // the command has ended by then
  }

  @Override
  public void delayed(UploadFailure failure) {
    if (failure.kind() == UploadFailure.Kind.LOGGED_OUT || ++failures >= MAX_FAILURES) {
      end.completeExceptionally(
          new CommandFailure(
              "the homeserver does not take the keys. Try again later: what it has is marked."));
    }
  }

  @Override
  public void broken(Exception why) {
    end.completeExceptionally(why);
  }
}

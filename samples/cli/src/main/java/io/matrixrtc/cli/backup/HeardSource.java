package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.VersionAnswer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A source that tells somebody of its failures, too.
 *
 * @param heard called on the source's thread, before the one who reads is told
 */
record HeardSource(BackupSource source, Consumer<FetchFailure> heard) implements BackupSource {
  @Override
  public Reading read(String version, Body body) {
    AtomicBoolean cancelled = new AtomicBoolean();
    Reading reading =
        source.read(
            version,
            new Body() {
              @Override
              public CompletionStage<Void> take(byte[] bytes) {
                return body.take(bytes);
              }

              @Override
              public void ended() {
                body.ended();
              }

              @Override
              public void failed(FetchFailure failure) {
                if (!cancelled.get()) { // that it does not come is no news to who broke it off
                  heard.accept(failure);
                }
                body.failed(failure);
              }
            });
    return () -> {
      cancelled.set(true);
      reading.cancel();
    };
  }

  @Override
  public CompletionStage<VersionAnswer> version() {
    return source.version();
  }
}

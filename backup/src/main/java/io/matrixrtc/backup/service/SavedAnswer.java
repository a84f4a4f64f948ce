package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.FetchFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** The answer of a server to {@code GET /room_keys/keys}, saved in a file. */
public final class SavedAnswer implements BackupSource {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Path file;
  private final BackupVersion version;
  private final Executor executor;

  /**
   * Reads {@code file}, for a key that is taken to be the right one. Its name, size and time of
   * change stand for version and etag, so that a restore that was broken off goes on.
   *
   * @param executor runs the reading, one thread of it at a time
   * @throws IOException if there is no such file
   */
  public SavedAnswer(Path file, BackupKey key, Executor executor) throws IOException {
    this.file = file;
    this.executor = executor;
    String etag = Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
    this.version =
        new BackupVersion("file " + file.toRealPath(), BackupAuth.of(key.publicKey()), 0, etag);
  }

  /** What stands for the version. */
  public BackupVersion savedVersion() {
    return version;
  }

  @Override
  public Reading read(String name, Body body) {
    AtomicBoolean cancelled = new AtomicBoolean();
    executor.execute(() -> read(body, cancelled));
    return () -> cancelled.set(true);
  }

  private void read(Body body, AtomicBoolean cancelled) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int got = in.read(chunk); got >= 0; got = in.read(chunk)) {
        if (cancelled.get()) {
          return;
        }
        body.take(Arrays.copyOf(chunk, got)).toCompletableFuture().join();
      }
    } catch (IOException | CompletionException e) {
      body.failed(FetchFailure.tryAgain());
      return;
    }
    body.ended();
  }

  @Override
  public CompletionStage<VersionAnswer> version() {
    return CompletableFuture.completedFuture(new VersionAnswer.Current(version));
  }
}

package io.matrixrtc.homeserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What an input stream gives, read off the event loops. Closes it in the end. */
public final class FileBody implements Body {
  private static final int PIECE_BYTES = 65_536;

  private final InputStream in;

  public FileBody(InputStream in) {
    this.in = in;
  }

  @Override
  public CompletableFuture<Optional<byte[]>> next() {
    return CompletableFuture.supplyAsync(this::piece);
  }

  private Optional<byte[]> piece() {
    try {
      byte[] piece = in.readNBytes(PIECE_BYTES);
      return piece.length == 0 ? Optional.empty() : Optional.of(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.matrixrtc.backup.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A spool on disk that only its owner can read. Gathers what is added to larger writes. */
public final class DiskSpoolFile implements SpoolFile {
  private static final Set<StandardOpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private static final int PENDING_BYTES = 64 << 10;

  private final Path path;
  private final ByteBuffer pending = ByteBuffer.allocateDirect(PENDING_BYTES);
  private FileChannel channel;
  private long written;

  /** Opens the file, or makes it. */
  public DiskSpoolFile(Path path) throws IOException {
    this.path = path;
    this.channel = open(path);
    this.written = channel.size();
  }

  private static FileChannel open(Path path) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return FileChannel.open(path, OPTIONS, owner);
  }

  @Override
  public long length() {
    return written + pending.position();
  }

  @Override
  public void append(byte[] bytes, int count) throws IOException {
    if (count > pending.remaining()) {
      flush();
    }
    if (count > pending.remaining()) {
      write(ByteBuffer.wrap(bytes, 0, count));
    } else {
      pending.put(bytes, 0, count);
    }
  }

  private void flush() throws IOException {
    pending.flip();
    try {
      write(pending);
    } finally {
      pending.compact(); // what could not be written stays
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      written += channel.write(bytes, written);
    }
  }

  @Override
  public void sync() throws IOException {
    flush();
    channel.force(false);
  }

  @Override
  public int read(long offset, byte[] into) throws IOException {
    if (offset + into.length > written) {
      flush();
    }
    ByteBuffer buffer = ByteBuffer.wrap(into);
    int got;
    do {
      got = channel.read(buffer, offset + buffer.position());
    } while (got > 0 && buffer.hasRemaining());
    return buffer.position();
  }

  @Override
  public void truncate(long size) throws IOException {
    flush();
    channel.truncate(size);
    written = Math.min(written, size);
  }

  @Override
  public void delete() throws IOException {
    pending.clear();
    channel.close();
    Files.deleteIfExists(path);
    channel = open(path);
    written = 0;
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      channel.close();
    }
  }
}

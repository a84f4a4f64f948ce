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

/** A spool on disk that only its owner can read. */
public final class DiskSpoolFile implements SpoolFile {
  private static final Set<StandardOpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path path;
  private FileChannel channel;
  private long length;

  /** Opens the file, or makes it. */
  public DiskSpoolFile(Path path) throws IOException {
    this.path = path;
    this.channel = open(path);
    this.length = channel.size();
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
    return length;
  }

  @Override
  public void append(byte[] bytes, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
    while (buffer.hasRemaining()) {
      length += channel.write(buffer, length);
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public int read(long offset, byte[] into) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    int got;
    do {
      got = channel.read(buffer, offset + buffer.position());
    } while (got > 0 && buffer.hasRemaining());
    return buffer.position();
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
    length = Math.min(length, size);
  }

  @Override
  public void delete() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
    channel = open(path);
    length = 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

package io.matrixrtc.backup.download;

import java.io.IOException;

/** A file that grows at its end. What was synced survives a crash. Used by one thread. */
public interface SpoolFile extends AutoCloseable {
  /** Its length in bytes. */
  long length() throws IOException;

  /** Adds bytes at the end. */
  void append(byte[] bytes, int length) throws IOException;

  /** Makes what was added survive a crash. */
  void sync() throws IOException;

  /** Fills {@code into} from {@code offset} on, as far as the file goes; returns how much. */
  int read(long offset, byte[] into) throws IOException;

  /** Cuts off what is behind {@code length}. */
  void truncate(long length) throws IOException;

  /** Removes the file; it is then empty, and usable again. */
  void delete() throws IOException;

  @Override
  void close() throws IOException;
}

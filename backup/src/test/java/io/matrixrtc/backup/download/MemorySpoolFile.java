package io.matrixrtc.backup.download;

import java.io.IOException;
import java.util.Arrays;

/** A spool in memory that a crash cuts behind what was synced, and a disk that can be full. */
final class MemorySpoolFile implements SpoolFile {
  private byte[] bytes = new byte[0];
  private int length;
  private int synced;
  private long capacity = Long.MAX_VALUE;
  private int deletions;

  void capacity(long most) {
    capacity = most;
  }

  int deletions() {
    return deletions;
  }

  /** Keeps {@code extra} bytes of what was not synced. */
  void crash(int extra) {
    length = Math.min(length, synced + extra);
    synced = length;
  }

  void cutTo(int size) {
    length = Math.min(length, size);
    synced = Math.min(synced, length);
  }

  void flipBit(int at) {
    bytes[at] ^= 1;
  }

  int unsynced() {
    return length - synced;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void append(byte[] more, int count) throws IOException {
    if (length + count > capacity) {
      throw new IOException("no space left on device");
    }
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
    }
    System.arraycopy(more, 0, bytes, length, count);
    length += count;
  }

  @Override
  public void sync() {
    synced = length;
  }

  @Override
  public int read(long offset, byte[] into) {
    int count = (int) Math.max(0, Math.min(into.length, length - offset));
    System.arraycopy(bytes, (int) Math.min(offset, length), into, 0, count);
    return count;
  }

  @Override
  public void truncate(long to) {
    length = (int) Math.min(length, to);
    synced = Math.min(synced, length);
  }

  @Override
  public void delete() {
    deletions++;
    length = 0;
    synced = 0;
  }

  @Override
  public void close() {}
}

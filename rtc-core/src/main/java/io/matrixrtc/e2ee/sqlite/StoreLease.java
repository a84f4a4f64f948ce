package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.CryptoStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The right to use one store file (STORE-LEASE): a lock of the operating system on a file beside
 * it, which ends with the process however that ends. Such locks do not hold inside one process, so
 * that the paths in use here are noted, too. The lock file is left behind: deleting it could take
 * it from somebody who just locked it.
 */
final class StoreLease implements AutoCloseable {
  private static final String SUFFIX = ".lock";
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path lockFile;
  private final FileChannel channel;

  private StoreLease(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /**
   * Takes the lease on the store at {@code file}, a real path.
   *
   * @throws CryptoStoreException.InUse if another one is using the store
   */
  static StoreLease take(Path file) throws CryptoStoreException {
    Path lockFile = file.resolveSibling(file.getFileName() + SUFFIX);
    synchronized (HELD_HERE) {
      if (!HELD_HERE.add(lockFile)) {
        throw new CryptoStoreException.InUse(file.toString());
      }
    }
    boolean taken = false;
    try {
      StoreLease lease = lock(file, lockFile);
      taken = true;
      return lease;
    } finally {
      if (!taken) {
        release(lockFile);
      }
    }
  }

  private static StoreLease lock(Path file, Path lockFile) throws CryptoStoreException {
    FileChannel channel = null;
    boolean locked = false;
    try {
      OwnerOnly.create(lockFile);
      channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new CryptoStoreException.InUse(file.toString());
      }
      locked = true;
      return new StoreLease(lockFile, channel);
    } catch (OverlappingFileLockException e) {
      throw new CryptoStoreException.InUse(file.toString());
    } catch (IOException e) {
      throw new CryptoStoreException.Unavailable("cannot lock " + lockFile, e);
    } finally {
      if (!locked && channel != null) {
        end(channel);
      }
    }
  }

  private static void end(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void release(Path lockFile) {
    synchronized (HELD_HERE) {
      HELD_HERE.remove(lockFile);
    }
  }

  @Override
  public void close() {
    end(channel);
    release(lockFile);
  }
}

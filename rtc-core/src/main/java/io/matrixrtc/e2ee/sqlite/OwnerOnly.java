package io.matrixrtc.e2ee.sqlite;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that nobody but their owner reads (STORE-OWNER); elsewhere than on POSIX as it is. */
final class OwnerOnly {
  private static final Set<PosixFilePermission> PERMISSIONS =
      PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /** Creates {@code file} if there is none, and takes it from everybody else. */
  static void create(Path file) throws IOException {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      if (Files.notExists(file)) {
        Files.createFile(file);
      }
      return;
    }
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(PERMISSIONS));
    } catch (FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(file, PERMISSIONS);
    }
  }
}

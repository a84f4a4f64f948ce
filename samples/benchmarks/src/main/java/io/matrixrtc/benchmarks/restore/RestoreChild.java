package io.matrixrtc.benchmarks.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupKeyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Scanner;

/**
 * One process of an {@link InterruptedRestore}: restores {@link #ANSWER} in a directory, with the
 * key that it reads from the standard input. Prints how far it is, one number a line, and at the
 * end one line: state, imported keys, keys in the store, by how many bytes the heap grew.
 */
final class RestoreChild {
  static final String ANSWER = "answer.json";

  private RestoreChild() {}

  /** {@code <directory> <pause at so many entries, 0 for never>}. */
  public static void main(String[] args)
      throws IOException, InterruptedException, BackupKeyException {
    Path directory = Path.of(args[0]);
    long pauseAt = Long.parseLong(args[1]);
    try (Scanner in = new Scanner(System.in, UTF_8);
        BackupKey key = BackupKey.fromSecret(in.nextLine());
        HeapWatch heap = new HeapWatch()) {
      StoreRestore.Restored end =
          new StoreRestore(SavedPlace::open, directory, directory.resolve(ANSWER), key)
              .run(pauseAt, progress -> System.out.println(StoreRestore.done(progress)));
      System.out.printf(
          "%s %d %d %d%n",
          end.last().state(), end.last().imported(), end.held(), heap.growthBytes());
    }
  }
}

package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closed machines leave no secret of Olm or Megolm in the heap. The control: open ones do. */
class HeapDumpTest {
  @TempDir private Path dir;

  @Test
  void secretsAreGoneFromTheHeapOfAClosedMachine() throws Exception {
    Path log = dir.resolve("child.log");
    Process child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    HeapDumpProgram.class.getName(),
                    dir.toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      child.destroyForcibly();
    }
    List<byte[]> secrets = secrets("secrets.txt");
    assertThat(secrets).hasSizeGreaterThan(100);
    List<byte[]> ofTheRoom = secrets("room-secrets.txt");
    assertThat(ofTheRoom)
        .as("four parts of the ratchet, the last at two more places, and the signing key")
        .hasSize(7);
    secrets.addAll(ofTheRoom);
    assertThat(found(dir.resolve("open.hprof"), secrets)).hasSize(secrets.size());
    assertThat(found(dir.resolve("closed.hprof"), secrets)).isEmpty();

    List<byte[]> early = secrets("early-secrets.txt");
    assertThat(early)
        .as("both sides' root, chain and ratchet keys, which ratchet steps have replaced")
        .hasSizeGreaterThanOrEqualTo(5);
    assertThat(found(dir.resolve("early.hprof"), early)).as("control").hasSize(early.size());
    assertThat(found(dir.resolve("open.hprof"), early)).as("replaced").isEmpty();
    assertThat(found(dir.resolve("closed.hprof"), early)).isEmpty();
  }

  private List<byte[]> secrets(String file) throws IOException {
    List<byte[]> secrets = new ArrayList<>();
    for (String line : Files.readAllLines(dir.resolve(file))) {
      secrets.add(HexFormat.of().parseHex(line));
    }
    return secrets;
  }

  /** The numbers of the secrets that occur in the file. */
  private static Set<Integer> found(Path dump, List<byte[]> secrets) throws IOException {
    Map<Long, List<Integer>> byStart = new HashMap<>();
    for (int i = 0; i < secrets.size(); i++) {
      long start = ByteBuffer.wrap(secrets.get(i)).getLong();
      byStart.computeIfAbsent(start, unknown -> new ArrayList<>()).add(i);
    }
    byte[] heap = Files.readAllBytes(dump);
    Set<Integer> found = new TreeSet<>();
    long window = 0;
    for (int end = 0; end < heap.length; end++) {
      window = window << 8 | heap[end] & 0xFF;
      List<Integer> candidates = end < 7 ? null : byStart.get(window);
      if (candidates != null) {
        int from = end - 7;
        for (int candidate : candidates) {
          byte[] secret = secrets.get(candidate);
          if (from + secret.length <= heap.length
              && Arrays.mismatch(heap, from, from + secret.length, secret, 0, secret.length) < 0) {
            found.add(candidate);
          }
        }
      }
    }
    return found;
  }
}

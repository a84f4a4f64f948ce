package io.matrixrtc.backup.keyfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Key files of as many sessions as an account may have, with a real store behind them. {@code
 * -Dkeyfile.sessions=500000}: more of them.
 */
class ManyKeysTest {
  private static final int WAIT_MINUTES = 20;

  /** {@code java} ends with it when its memory is used up, as it is told to. */
  private static final int OUT_OF_MEMORY = 3;

  @TempDir private Path folder;

  private int child(String memory, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                memory,
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                ManyKeysChild.class.getName(),
                folder.toString()));
    command.addAll(List.of(arguments));
    Process child =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("said").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(child.waitFor(WAIT_MINUTES, TimeUnit.MINUTES)).isTrue();
      return child.exitValue();
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void distinctSessionsGoInAndOutInBoundedMemory() throws Exception {
    int count = Integer.getInteger("keyfile.sessions", Cases.full() ? 150_000 : 20_000);
    String memory = count > 20_000 ? "-Xmx48m" : "-Xmx24m";
    int ended = child(memory, Integer.toString(count));
    assertThat(folder.resolve("said"))
        .content()
        .isEqualTo(
            String.format(
                "imported %d, known 0, damaged 0%nin the store %d%nexported %d%n",
                count, count, count));
    assertThat(ended).isZero();
    assertThat(Files.size(folder.resolve("again.txt")))
        .isEqualTo(Files.size(folder.resolve("keys.txt")));
    System.out.printf("key file of %d sessions, %s%n", count, memory);
    if (count > 20_000) { // so much memory would not do for who holds what he reads
      assertThat(child(memory, Integer.toString(count), "hold")).isEqualTo(OUT_OF_MEMORY);
    }
  }
}

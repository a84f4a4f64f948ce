package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.VersionAnswer;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class BackupEntriesTest {
  private static final String GOOD =
      "{\"x\":[1,{\"rooms\":{}}],\"rooms\":{\"!a\":{\"y\":{},\"sessions\":{\"s1\":{\"k\":1},"
          + "\"s2\":null,\"s\\u0033\":[7]}},\"!b\":7,\"!c\":{\"sessions\":\"no\"},"
          + "\"!d\":{\"sessions\":{\"s4\":\"text\"}}},\"z\":null} ";

  /** An answer in parts, each of which comes when the one before was read. */
  private static final class Parts implements BackupSource {
    private final byte[] answer;
    private final int size;
    private final boolean whole;
    private boolean cancelled;

    Parts(String answer, int size, boolean whole) {
      this.answer = answer.getBytes(UTF_8);
      this.size = size;
      this.whole = whole;
    }

    @Override
    public Reading read(String version, Body body) {
      send(0, body);
      return () -> cancelled = true;
    }

    private void send(int at, Body body) {
      if (at < answer.length) {
        int end = Math.min(answer.length, at + size);
        body.take(Arrays.copyOfRange(answer, at, end)).thenRun(() -> send(end, body));
      } else if (whole) {
        body.ended();
      } else {
        body.failed(FetchFailure.tryAgain());
      }
    }

    @Override
    public CompletionStage<VersionAnswer> version() {
      return CompletableFuture.completedFuture(new VersionAnswer.None());
    }
  }

  private static List<String> read(Parts parts) throws Exception {
    List<String> entries = new ArrayList<>();
    try {
      BackupEntries.read(
          parts, "1", (room, session, entry) -> entries.add(room + " " + session + " " + entry));
    } finally {
      assertThat(parts.cancelled).isTrue();
    }
    return entries;
  }

  @Test
  void entriesAreFoundHoweverTheAnswerIsCutIntoParts() throws Exception {
    for (int size : new int[] {1, 2, 3, 7, 64, 1_000}) {
      assertThat(read(new Parts(GOOD, size, true)))
          .containsExactly("!a s1 {\"k\":1}", "!a s2 {}", "!a s3 [7]", "!d s4 \"text\"");
    }
    assertThat(read(new Parts("{}", 1, true))).isEmpty();
  }

  @Test
  void anAnswerThatIsNotWholeIsNoSuccess() {
    assertRefused(new Parts(GOOD, 10, false), "did not come whole");
    assertRefused(new Parts("", 10, false), "did not come whole");
    assertRefused(new Parts("", 10, true), "did not come whole");
    for (int length = 1; length < GOOD.strip().length(); length += 11) {
      assertRefused(new Parts(GOOD.substring(0, length), 10, true), "again");
    }
  }

  @Test
  void anAnswerThatIsSomethingElseIsNoSuccess() {
    assertRefused(new Parts("<html>", 10, true), "not a backup");
    assertRefused(new Parts("[]", 10, true), "again");
    assertRefused(new Parts(GOOD + "x", 10, true), "not a backup");
    assertRefused(new Parts(GOOD + "{}", 10, true), "again");
  }

  private static void assertRefused(Parts parts, String words) {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> read(parts))
        .withMessageContaining(words);
  }
}

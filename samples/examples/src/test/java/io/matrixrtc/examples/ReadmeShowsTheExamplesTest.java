package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code in the README is code that is compiled and run. */
class ReadmeShowsTheExamplesTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("\\]\\((samples/[^)]+)\\)");

  @Test
  void everyStatementOfTheReadmeStandsInAnExample() throws Exception {
    String sources = dense(examples());
    List<String> blocks =
        JAVA.matcher(readme()).results().map((MatchResult found) -> found.group(1)).toList();
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(5);
    for (String block : blocks) {
      assertThat(statements(block))
          .as("%s", block)
          .isNotEmpty()
          .allSatisfy(statement -> assertThat(sources).contains(statement));
    }
  }

  @Test
  void whatIsInNoExampleIsFound() throws Exception {
    assertThat(dense(examples())).doesNotContain(statements("bridge.mount(router, 1);").get(0));
  }

  @Test
  void everyFileThatTheReadmeLinksIsThere() throws Exception {
    List<String> links = LINK.matcher(readme()).results().map(found -> found.group(1)).toList();
    assertThat(links).hasSizeGreaterThan(9).allMatch(link -> Files.exists(ROOT.resolve(link)));
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  private static String examples() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      StringBuilder all = new StringBuilder();
      for (Path file :
          files
              .filter(one -> one.toString().endsWith(".java"))
              .filter(one -> !one.endsWith("ReadmeShowsTheExamplesTest.java"))
              .toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    }
  }

  private static List<String> statements(String block) {
    return Arrays.stream(dense(block).split(";")).filter(each -> !each.isEmpty()).toList();
  }

  /** Without comments and white space, as line breaks differ. */
  private static String dense(String code) {
    return code.lines()
        .map(line -> line.replaceFirst("(^|\\s)//.*", ""))
        .collect(Collectors.joining())
        .replaceAll("\\s+", "");
  }
}

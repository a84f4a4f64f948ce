package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/ says of the ten scripts: {@code .ci/traces} writes the pages. */
class TenScriptsPagesTest {
  private static final Path PAGES = Path.of("../../docs/traces");
  private static final Path SOURCE =
      Path.of("src/test/java/io/matrixrtc/testkit/script/TenScriptsTest.java");
  private static final Pattern SCRIPT =
      Pattern.compile("(?m)^  void (\\w+_SCRIPT_\\w+)\\((?s:.*?)^  }$");
  private static final int MOST_LINES = 60;

  private static List<String> scripts() {
    return Arrays.stream(TenScriptsTest.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .map(Method::getName)
        .toList();
  }

  @Test
  void eachScriptHasItsPageWithAllExpectationsMet_SCRIPT_PAGES() throws IOException {
    assertThat(scripts()).hasSize(10);
    for (String script : scripts()) {
      String page = Files.readString(page(script));
      assertThat(page).contains("Start: TenScriptsTest." + script + ",");
      assertThat(page).contains("\"E1 holds: ").doesNotContainPattern("\"E\\d+ FAILS: ");
    }
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages).hasSize(scripts().size());
    }
  }

  private static Path page(String script) {
    return PAGES.resolve(script.substring(0, script.indexOf("_SCRIPT_")) + ".html");
  }

  @Test
  void eachScriptIsShort_SCRIPT_PAGES() throws IOException {
    Matcher found = SCRIPT.matcher(Files.readString(SOURCE));
    int count = 0;
    while (found.find()) {
      count++;
      assertThat(found.group().lines().count()).as(found.group(1)).isLessThan(MOST_LINES);
    }
    assertThat(count).isEqualTo(scripts().size());
  }
}

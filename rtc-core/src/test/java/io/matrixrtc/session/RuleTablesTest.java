package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule in the tables names tests that exist. */
class RuleTablesTest {
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)#(\\w+)`");
  private static final Pattern ROW = Pattern.compile("^\\| (?!id \\||---)(.+?) \\|");

  @ParameterizedTest
  @ValueSource(strings = {"keys.md", "session.md"})
  void everyRuleNamesATestThatExists(String file) throws IOException {
    int rules = 0;
    List<String> missing = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "protocols", file))) {
      Matcher row = ROW.matcher(line);
      if (!row.find()) {
        continue;
      }
      rules++;
      Matcher test = TEST.matcher(line);
      int tests = 0;
      while (test.find()) {
        tests++;
        if (!exists(test.group(1), test.group(2))) {
          missing.add(test.group());
        }
      }
      assertThat(tests).as("tests of %s", row.group(1)).isPositive();
    }
    assertThat(rules).isGreaterThan(30);
    assertThat(missing).isEmpty();
    assertThat(exists("RtcSessionTest", "noSuchTest")).as("control").isFalse();
  }

  private static boolean exists(String simpleName, String method) {
    for (String name : List.of("io.matrixrtc.keys.", "io.matrixrtc.session.")) {
      try {
        Method[] methods = Class.forName(name + simpleName).getDeclaredMethods();
        if (Arrays.stream(methods).anyMatch(m -> m.getName().equals(method))) {
          return true;
        }
      } catch (ClassNotFoundException e) {
        continue;
      }
    }
    return false;
  }
}

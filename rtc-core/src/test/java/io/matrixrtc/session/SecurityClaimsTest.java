package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/SECURITY.md claims nothing by a rule or a test that does not exist. */
class SecurityClaimsTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)#(\\w+)`");
  private static final Pattern ID =
      Pattern.compile(
          "\\b(?:KEY|EM|KT|RK|AD|FEED|SYNC|SEND|RECV|CLIENT|FRAME|STORE)-[A-Z][A-Z0-9-]*\\b");

  @Test
  void everyTestThatTheThreatModelNamesExists() throws IOException {
    String text = Files.readString(DOCS.resolve("SECURITY.md"));
    Matcher test = TEST.matcher(text);
    int tests = 0;
    while (test.find()) {
      tests++;
      assertThat(exists(test.group(1), test.group(2))).as(test.group()).isTrue();
    }
    assertThat(tests).isGreaterThan(15);
    assertThat(exists("KeyAttackTest", "noSuchTest")).as("control").isFalse();
  }

  @Test
  void everyRuleThatTheThreatModelNamesIsInATable() throws IOException {
    StringBuilder tables = new StringBuilder();
    try (Stream<Path> files = Files.list(DOCS.resolve("protocols"))) {
      for (Path file : files.toList()) {
        tables.append(Files.readString(file));
      }
    }
    Set<String> missing = new TreeSet<>();
    Matcher id = ID.matcher(Files.readString(DOCS.resolve("SECURITY.md")));
    int ids = 0;
    while (id.find()) {
      ids++;
      if (!tables.toString().contains(id.group())) {
        missing.add(id.group());
      }
    }
    assertThat(ids).isGreaterThan(20);
    assertThat(missing).isEmpty();
    assertThat(tables).as("control").doesNotContain("KEY-NONESUCH");
  }

  private static boolean exists(String simpleName, String method) {
    return List.of("keys", "session", "client").stream()
        .anyMatch(
            name -> {
              try {
                Class<?> found = Class.forName("io.matrixrtc." + name + "." + simpleName);
                return Arrays.stream(found.getDeclaredMethods())
                    .anyMatch(m -> m.getName().equals(method));
              } catch (ClassNotFoundException e) {
                return false;
              }
            });
  }
}

package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of endpoints and the server's routes belong together. */
class EndpointTableTest {
  private static final Pattern ROW =
      Pattern.compile(
          "\\| [RNSO –]+ \\| `([A-Z]+) ([^` ]+)` \\| (done|empty|later) \\| (?:`(\\w+)\\.(\\w+)`)? ?\\| [^|]*\\|");
  private static final String V3 = "/_matrix/client/v3";
  private static final String R0 = "/_matrix/client/r0";

  private record Row(String endpoint, String state, String testClass, String testMethod) {
    boolean isThere() {
      return !state.equals("later");
    }
  }

  private static List<Row> rows() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (String line :
        Files.readAllLines(Path.of("../../docs/protocols/homeserver-endpoints.md"))) {
      Matcher row = ROW.matcher(line);
      boolean isRow = line.startsWith("| ") && !line.startsWith("| need") && !line.contains("---");
      assertThat(row.matches()).as(line).isEqualTo(isRow);
      if (isRow) {
        String path = row.group(2);
        boolean whole = path.startsWith("/_matrix") || path.startsWith("/.well-known");
        rows.add(
            new Row(
                row.group(1) + " " + (whole ? "" : V3) + path,
                row.group(3),
                String.valueOf(row.group(4)),
                String.valueOf(row.group(5))));
      }
    }
    return rows;
  }

  private static List<String> routes() throws Exception {
    try (EmbeddedHomeserver server = EmbeddedHomeserver.start(HomeserverConfig.defaults())) {
      return server.endpoints();
    }
  }

  @Test
  void theTableHasTheServersEndpointsAndNoOthers() throws Exception {
    List<Row> rows = rows();
    assertThat(rows.stream().map(Row::endpoint)).doesNotHaveDuplicates();
    List<String> present = rows.stream().filter(Row::isThere).map(Row::endpoint).toList();
    List<String> absent = rows.stream().filter(row -> !row.isThere()).map(Row::endpoint).toList();
    List<String> routes = routes().stream().filter(route -> !route.contains(R0)).toList();
    assertThat(routes)
        .containsExactlyInAnyOrderElementsOf(present)
        .doesNotContainAnyElementsOf(absent);
  }

  @Test
  void whatIsUnderV3IsUnderR0AsWell() throws Exception {
    List<String> routes = routes();
    assertThat(routes.stream().filter(route -> route.contains(R0)))
        .containsExactlyInAnyOrderElementsOf(
            routes.stream()
                .filter(route -> route.contains(V3))
                .map(route -> route.replace(V3, R0))
                .toList());
  }

  @Test
  void eachEndpointThatIsThereNamesItsTest() throws Exception {
    for (Row row : rows()) {
      if (row.isThere()) {
        assertThat(
                Class.forName("io.matrixrtc.homeserver.api." + row.testClass())
                    .getDeclaredMethods())
            .as(row.endpoint())
            .anyMatch(method -> method.getName().equals(row.testMethod()));
      }
    }
  }
}

package io.matrixrtc.testkit.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TraceViewerTest {
  @Test
  void thePageAsksForNothing_VIEWER_ALONE() throws Exception {
    String page = page(LongCall.of(50), "A call");
    assertThat(page).contains("default-src 'none'").doesNotContain("{{");
    assertThat(
            Pattern.compile("(src|href)=\"(?!data:,)|@import|url\\(|fetch\\(|XMLHttp|WebSocket")
                .matcher(page)
                .find())
        .isFalse();
  }

  @Test
  void noTextOfATraceIsReadAsHtml_VIEWER_ESCAPE() throws Exception {
    String evil = "</script><img src=x onerror=alert(1)>&\"";
    Trace trace =
        new Trace(List.of(new TraceEntry(Instant.EPOCH, 0, new TraceEvent.Noted(evil, evil))));
    String page = page(trace, evil);
    assertThat(page).doesNotContain("</script><img", "<img");
    assertThat(page).contains("&lt;/script>&lt;img src=x onerror=alert(1)>&amp;&quot;");
    assertThat(data(page).at("/rows/0/4").asText()).isEqualTo(evil);
  }

  @Test
  void rowsSayWhatHappenedAndWhere() throws Exception {
    Trace trace = LongCall.of(20);
    JsonNode data = data(page(trace, "A call"));
    assertThat(data.path("rows")).hasSize(20);
    assertThat(data.at("/lanes/1/label").asText()).isEqualTo("person1");
    JsonNode made = data.at("/rows/12");
    assertThat(made.get(4).asText()).startsWith("person0 made key 0 (").endsWith("(a member left)");
    assertThat(made.get(2).asInt()).isZero();
    assertThat(data.at("/keys/0/3").asText()).hasSize(16);
    JsonNode message = data.at("/rows/14");
    assertThat(message.get(4).asText()).isEqualTo("person0 → person1: m.key (200)");
    assertThat(message.get(6).asInt()).isEqualTo(1);
    assertThat(message.get(8).asText()).isEqualTo("Clear form");
    assertThat(message.get(9).asText()).isEqualTo("{\"index\":0}");
    assertThat(TraceViewer.titleOf(trace)).isEqualTo("A call");
  }

  static String page(Trace trace, String title) throws Exception {
    StringWriter out = new StringWriter();
    TraceViewer.write(out, trace, title);
    return out.toString();
  }

  private static JsonNode data(String page) throws Exception {
    String start = "<script type=\"application/json\" id=\"data\">";
    int from = page.indexOf(start) + start.length();
    return new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
  }
}

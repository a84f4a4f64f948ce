package io.matrixrtc.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.trace.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  static final ReportSummary SUMMARY =
      new ReportSummary(
          "Six devices, forty seconds",
          "A scripted call on the embedded homeserver: people join, leave, come back, fall silent and"
              + " vanish, and every frame goes through a relay that holds no keys.",
          List.of(new ReportSummary.Figure("1.12 s", "from leave to new key", "median of 6")),
          List.of("Run it again: ./matrixrtc demo --seed 42"));

  @Test
  void writesThePage() throws Exception {
    Path file = Path.of("target", "report.html");
    Trace trace = SyntheticCall.trace();
    HtmlReport.write(file, trace, SUMMARY);
    assertThat(Files.readString(file)).isEqualTo(HtmlReport.page(trace, SUMMARY));
  }
}

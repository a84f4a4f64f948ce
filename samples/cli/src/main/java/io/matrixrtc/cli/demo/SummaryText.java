package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.demo.Check;
import io.matrixrtc.testkit.demo.DemoOutcome;
import io.matrixrtc.testkit.demo.Figures;
import java.io.PrintStream;
import java.util.Locale;

/** The summary of a demo for people. */
final class SummaryText {
  private final PrintStream out;

  SummaryText(PrintStream out) {
    this.out = out;
  }

  void print(DemoOutcome outcome) {
    out.println();
    for (Check check : outcome.checks()) {
      out.printf("%-5s %s%n", word(check.verdict()), check.claim());
      out.printf("      %s%n", check.detail());
      check
          .control()
          .ifPresent(
              control ->
                  out.printf(
                      "      control: %s: %s%s%n",
                      control.what(), control.detail(), control.ok() ? "" : "  <-- MISSED"));
    }
    out.println();
    row("frames sent", outcome.framesSent());
    row("frames decrypted", outcome.framesDecrypted());
    row("of them late", outcome.framesLate());
    row("frames undecryptable", outcome.framesUndecryptable());
    row("keys sent", outcome.keysSent());
    row("time to media", outcome.timeToMediaMs());
    row("exposure after leave", outcome.exposureAfterLeaveMs());
    out.println();
    long failed = outcome.checks().stream().filter(Check::failed).count();
    out.println(
        outcome.ok()
            ? "The call was private: every check held."
            : failed + (failed == 1 ? " check" : " checks") + " FAILED.");
  }

  private void row(String name, long value) {
    out.printf(Locale.ROOT, "  %-22s %,d%n", name, value);
  }

  private void row(String name, Figures figures) {
    out.printf(
        Locale.ROOT,
        "  %-22s p50 %,d ms, p99 %,d ms (%d measured)%n",
        name,
        figures.p50(),
        figures.p99(),
        figures.count());
  }

  private static String word(Check.Verdict verdict) {
    return switch (verdict) {
      case OK -> "ok";
      case FAILED -> "FAIL";
      case NOT_APPLICABLE -> "n/a";
    };
  }
}

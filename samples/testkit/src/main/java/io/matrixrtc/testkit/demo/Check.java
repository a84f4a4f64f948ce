package io.matrixrtc.testkit.demo;

import java.util.Optional;

/**
 * One claim about the call, examined.
 *
 * @param name stable, for machines
 * @param claim for people
 * @param verdict how it ended
 * @param detail what was seen, in numbers
 * @param control what had to succeed beside it, if it claims that something does not happen
 */
public record Check(
    String name, String claim, Verdict verdict, String detail, Optional<Control> control) {
  /** How a check ended. */
  public enum Verdict {
    OK,
    FAILED,
    /** It could not be examined here; the detail says why. Never counts as ok. */
    NOT_APPLICABLE
  }

  /**
   * The same means where they must work.
   *
   * @param attacker who tried both
   * @param ok whether they did
   */
  public record Control(String attacker, String what, boolean ok, String detail) {}

  static Check of(String name, String claim, boolean ok, String detail) {
    return new Check(name, claim, ok ? Verdict.OK : Verdict.FAILED, detail, Optional.empty());
  }

  /** A claim that something does not happen: holds only if the control succeeded. */
  static Check withstood(String name, String claim, boolean ok, String detail, Control control) {
    Verdict verdict = ok && control.ok() ? Verdict.OK : Verdict.FAILED;
    return new Check(name, claim, verdict, detail, Optional.of(control));
  }

  static Check notApplicable(String name, String claim, String why) {
    return new Check(name, claim, Verdict.NOT_APPLICABLE, why, Optional.empty());
  }

  /** Whether the verdict is bad for another reason than a control that missed. */
  boolean attackSucceeded() {
    return verdict == Verdict.FAILED && control.map(Control::ok).orElse(true);
  }

  public boolean failed() {
    return verdict == Verdict.FAILED;
  }
}

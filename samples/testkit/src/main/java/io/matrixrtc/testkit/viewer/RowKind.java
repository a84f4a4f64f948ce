package io.matrixrtc.testkit.viewer;

import java.util.List;
import java.util.Locale;

/** What rows can be filtered by. */
enum RowKind {
  MEMBER("members", true),
  MADE("key made", true),
  OFFERED("offered", true),
  SERVED("served", true),
  RECEIVED("received", true),
  USED("used", true),
  HEARD("heard", true),
  REFUSED("refused", true),
  MESSAGE("messages", true),
  FAULT("faults", true),
  CHECK("expectations", true),
  FRAMES("frame counts", false),
  NOTE("notes", true);

  private static final List<RowKind> ALL = List.of(values());

  private final String label;
  private final boolean shown;

  RowKind(String label, boolean shown) {
    this.label = label;
    this.shown = shown;
  }

  /** Its place in the list of kinds. */
  int number() {
    return ALL.indexOf(this);
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  String label() {
    return label;
  }

  /** Whether rows of this kind are there at first. */
  boolean shown() {
    return shown;
  }
}

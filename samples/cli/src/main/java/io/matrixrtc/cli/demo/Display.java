package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.report.Terminal;

/** Shows a call while it runs. */
interface Display {
  /** JSON lines, or a table for people. */
  static Display of(boolean json, World world) {
    if (json) {
      JsonDisplay display = new JsonDisplay(System.out);
      world.listen(display::onEntry);
      return display;
    }
    TableDisplay display = new TableDisplay(System.out, Terminal.detect(), world::record);
    world.listen(display::onEntry);
    return display;
  }

  /** Something happened, in a few words. */
  void progress(String what);

  /** Stops showing; what is printed after this stays. Idempotent. */
  void finish();
}

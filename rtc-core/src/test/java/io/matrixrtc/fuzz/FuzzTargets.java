package io.matrixrtc.fuzz;

import java.util.List;

/** Every target, by class name: a target may be of no use outside its decoder's package. */
final class FuzzTargets {
  /** Inputs of each target in the full tier. */
  static final int FULL_RUNS = 1_000_000;

  static final List<String> ALL =
      List.of(
          "io.matrixrtc.olm.OlmMessageTarget",
          "io.matrixrtc.olm.MegolmMessageTarget",
          "io.matrixrtc.olm.SessionKeyTarget",
          "io.matrixrtc.olm.SealedStateTarget",
          "io.matrixrtc.olm.LibolmPickleTarget",
          "io.matrixrtc.olm.VodozemacPickleTarget",
          "io.matrixrtc.media.FrameTarget",
          "io.matrixrtc.media.FrameLayoutTarget",
          "io.matrixrtc.json.JsonTarget",
          "io.matrixrtc.e2ee.ToDeviceTarget");

  private FuzzTargets() {}

  static FuzzTarget open(String className) throws ReflectiveOperationException {
    return Class.forName(className).asSubclass(FuzzTarget.class).getConstructor().newInstance();
  }

  static String shortName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}

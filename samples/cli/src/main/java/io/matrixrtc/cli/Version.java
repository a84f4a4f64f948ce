package io.matrixrtc.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {
      "matrixrtc " + Objects.requireNonNullElse(version, "(not from a jar)"),
      "Java " + Runtime.version()
    };
  }
}

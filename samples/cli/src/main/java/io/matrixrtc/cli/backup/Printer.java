package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Prints facts, each as a line for people or as a JSON object. */
final class Printer {
  private final PrintStream out;
  private final boolean json;

  Printer(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** A fact: {@code type} and {@code members} in JSON, {@code text} for people. */
  void tell(String type, Consumer<ObjectNode> members, String text) {
    if (json) {
      ObjectNode object = Json.newObject().put("type", type);
      members.accept(object);
      out.println(object);
    } else {
      out.println(text);
    }
  }
}

package io.matrixrtc.cli.widget;

import io.matrixrtc.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Prints a link for each user, and fresh ones whenever somebody asks: a link is short-lived, and a
 * user who was slow needs another one. For one thread.
 *
 * @param users full user ids
 * @param roomId the room that the links lead to
 * @param links makes a link for a user
 * @param lifetime how long a link may be used for the first time
 * @param json whether lines are JSON objects
 */
public record LinkPrinter(
    List<String> users,
    String roomId,
    UnaryOperator<String> links,
    Duration lifetime,
    boolean json,
    PrintStream out) {

  /** A new link for each user, and how to get the next ones. */
  public void print() {
    for (String user : users) {
      out.println(json ? line(user) : user + " opens " + links.apply(user));
    }
    if (!json) {
      out.println(
          "Each link opens one session, within "
              + words(lifetime)
              + ". Press Enter for new links, Ctrl-C to stop.");
    }
  }

  private String line(String user) {
    return Json.newObject()
        .put("type", "link")
        .put("user", user)
        .put("room", roomId)
        .put("url", links.apply(user))
        .put("lifetimeSeconds", lifetime.toSeconds())
        .toString();
  }

  private static String words(Duration time) {
    return time.toMinutes() == 1 ? "a minute" : time.toMinutes() + " minutes";
  }

  /**
   * Prints new links for each line that is read, until there are no more: blocks for as long.
   *
   * @throws IOException if {@code lines} cannot be read
   */
  public void printForEach(BufferedReader lines) throws IOException {
    while (lines.readLine() != null) {
      print();
    }
  }
}

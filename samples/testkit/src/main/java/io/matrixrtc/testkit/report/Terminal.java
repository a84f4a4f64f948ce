package io.matrixrtc.testkit.report;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * What can be written to.
 *
 * @param redraw whether the cursor can be moved, so that a table can be drawn in place
 * @param color whether colours may be used
 * @param columns characters in a line, at least {@value #MIN_COLUMNS}
 */
public record Terminal(boolean redraw, boolean color, int columns) {
  /** Narrower than this is treated as this. */
  public static final int MIN_COLUMNS = 20;

  private static final int DEFAULT_COLUMNS = 80;
  private static final long STTY_MILLIS = 500;

  public Terminal {
    columns = Math.max(MIN_COLUMNS, columns);
  }

  /** The terminal of this process, or a plain one if its output goes elsewhere. */
  public static Terminal detect() {
    return of(System.getenv(), isInteractive(), Terminal::askStty);
  }

  /** From Java 22 on there is a console object even without a terminal; it then can be asked. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isInteractive() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (NoSuchMethodException e) {
      return true; // Java 17 to 21: a console is a terminal.
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /**
   * Decides from the environment: nothing is redrawn where there is no terminal or {@code TERM} is
   * {@code dumb}; nothing is coloured where {@code NO_COLOR} is set to anything.
   */
  static Terminal of(Map<String, String> environment, boolean interactive, IntSupplier askColumns) {
    String kind = environment.getOrDefault("TERM", "dumb");
    boolean redraw = interactive && !kind.equals("dumb");
    boolean color = redraw && environment.getOrDefault("NO_COLOR", "").isEmpty();
    int columns = number(environment.getOrDefault("COLUMNS", ""));
    if (columns <= 0 && redraw) {
      columns = askColumns.getAsInt();
    }
    return new Terminal(redraw, color, columns > 0 ? columns : DEFAULT_COLUMNS);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
  }

  /** The width as {@code stty} tells it, or 0. */
  private static int askStty() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(STTY_MILLIS, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return 0;
      }
      String size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
      return number(size.substring(size.indexOf(' ') + 1));
    } catch (IOException e) {
      return 0; // No stty here, for example on Windows: the default width will do.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}

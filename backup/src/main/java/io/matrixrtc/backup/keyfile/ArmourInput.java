package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.keyfile.KeyFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a key file's body, decoded as they are read, in bounded memory however long the
 * lines are. Takes what any writer makes (FILE-ARMOUR): text around the armour, a byte order mark,
 * lines of any length with any line end, white space around them, padding or none.
 */
final class ArmourInput {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final byte[] VALUES = new byte[128];

  /** No longer line can be header or footer, with its white space; the rest is skipped over. */
  private static final int MAX_MARKER_LINE = 1_000;

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      VALUES[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private final InputStream text;
  private int bits;
  private int bitCount;
  private long characters;
  private int padding;
  private boolean lineHasText;
  private boolean gap;
  private boolean ended;

  /** Reads up to the header line of {@code text}, which should be buffered. */
  ArmourInput(InputStream text) throws IOException, KeyFileException {
    this.text = text;
    String line;
    do {
      line = nextLine();
      if (line == null) {
        throw new KeyFileException(Reason.ARMOUR);
      }
    } while (!withoutMark(line).equals(Armour.HEADER));
  }

  /** A UTF-8 byte order mark, read as single characters, is no white space. */
  private static String withoutMark(String line) {
    return (line.startsWith("\u00ef\u00bb\u00bf") ? line.substring(3) : line).strip();
  }

  /** The next line, cut where it is too long to matter; null at the end. */
  private @Nullable String nextLine() throws IOException {
    int c = text.read();
    if (c < 0) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    for (; c >= 0 && c != '\n' && c != '\r'; c = text.read()) {
      if (line.length() <= MAX_MARKER_LINE) {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Fills {@code into} as far as the body goes; returns how many bytes, 0 at the end. */
  int read(byte[] into) throws IOException, KeyFileException {
    int filled = 0;
    while (filled < into.length && !ended) {
      int c = text.read();
      if (c < 0) {
        throw new KeyFileException(Reason.ARMOUR);
      }
      if (c == '\n' || c == '\r') {
        lineHasText = false;
        gap = false;
      } else if (c == ' ' || c == '\t') {
        gap = lineHasText;
      } else if (c == '-' && !lineHasText) {
        end();
      } else if (addCharacter(c)) {
        into[filled++] = (byte) (bits >> bitCount);
      }
    }
    return filled;
  }

  /** Returns whether a byte is complete. */
  private boolean addCharacter(int c) throws KeyFileException {
    lineHasText = true;
    if (c == '=' && !gap) {
      padding++;
      return false;
    }
    if (gap || padding > 0 || c >= 128 || VALUES[c] < 0) {
      throw new KeyFileException(Reason.BASE64);
    }
    characters++;
    bits = (bits << 6 | VALUES[c]) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) {
      return false;
    }
    bitCount -= 8;
    return true;
  }

  private void end() throws IOException, KeyFileException {
    String line = nextLine();
    if (line == null || !("-" + line).strip().equals(Armour.FOOTER)) {
      throw new KeyFileException(Reason.BASE64);
    }
    ended = true;
    boolean wholeGroups = (characters + padding) % 4 == 0 && padding <= 2;
    boolean strayBits = (bits & ((1 << bitCount) - 1)) != 0;
    if (characters % 4 == 1 || strayBits || (padding > 0 && !wholeGroups)) {
      throw new KeyFileException(Reason.BASE64);
    }
  }
}

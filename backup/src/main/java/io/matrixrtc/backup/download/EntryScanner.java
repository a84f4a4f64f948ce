package io.matrixrtc.backup.download;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Finds the entries in the answer to {@code GET /room_keys/keys}, or to that of one room, as its
 * bytes arrive, without building a tree (DL-STREAM). Entries stay as they are; what is too long
 * costs itself alone (DL-LIMITS). Not thread-safe.
 */
public final class EntryScanner {
  /** Longest entry, in bytes. */
  static final int MAX_ENTRY_BYTES = 64 << 10;

  /** Longest name as it is written, escapes included; longer ones are too long in any case. */
  private static final int MAX_NAME_BYTES = 6 * RoomKeyId.MAX_CHARS;

  /** Deepest nesting inside an entry. */
  private static final int MAX_DEPTH = 8;

  private enum State {
    START,
    NAME_OR_END,
    NAME,
    COLON,
    VALUE,
    IN_VALUE,
    COMMA_OR_END,
    AFTER_COMMA,
    DONE,
    MALFORMED
  }

  private enum Level {
    TOP,
    ROOMS,
    ROOM,
    SESSIONS
  }

  private final EntrySink sink;
  private State state = State.START;
  private final Level first;
  private Level level;
  private final ByteArrayOutputStream name = new ByteArrayOutputStream();
  private final ByteArrayOutputStream value = new ByteArrayOutputStream();
  private boolean nameTooLong;
  private boolean escape;
  private boolean inString;
  private int depth;
  private boolean scalar;
  private boolean tooLong;
  private String roomId = "";
  private boolean roomTooLong;
  private String memberName = "";
  private long entries;

  private EntryScanner(EntrySink sink, Level first) {
    this.sink = sink;
    this.first = first;
    this.level = first;
  }

  /** Reads the answer with all rooms. */
  public static EntryScanner ofBackup(EntrySink sink) {
    return new EntryScanner(sink, Level.TOP);
  }

  /** Reads the answer with the sessions of {@code roomId}. */
  public static EntryScanner ofRoom(String roomId, EntrySink sink) {
    EntryScanner scanner = new EntryScanner(sink, Level.ROOM);
    scanner.roomId = roomId;
    return scanner;
  }

  /** Takes the first {@code length} of these bytes, which come next. */
  public void feed(byte[] bytes, int length) throws IOException, VaultException {
    int at = 0;
    while (at < length && state != State.MALFORMED) {
      int plain = plainText(bytes, at, length);
      if (plain > 0) {
        keep(bytes, at, plain);
        at += plain;
      } else {
        accept(bytes[at++]);
      }
    }
  }

  /** How many of the next bytes are inside a string and neither end it nor escape anything. */
  private int plainText(byte[] bytes, int from, int length) {
    int end = from;
    if (state == State.IN_VALUE && inString && !escape) {
      while (end < length && bytes[end] != '"' && bytes[end] != '\\') {
        end++;
      }
    }
    return end - from;
  }

  /** Whether the answer was seen whole: its last brace, and nothing after it (DL-WHOLE). */
  public boolean isWhole() {
    return state == State.DONE;
  }

  /** Whether it is not the JSON that it must be. */
  public boolean isMalformed() {
    return state == State.MALFORMED;
  }

  /** How many entries were found, damaged ones included. */
  public long entries() {
    return entries;
  }

  private void accept(byte b) throws IOException, VaultException {
    switch (state) {
      case NAME -> inName(b);
      case IN_VALUE -> inValue(b);
      default -> {
        if (!isSpace(b)) {
          structure(b);
        }
      }
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private void structure(byte b) throws IOException, VaultException {
    switch (state) {
      case START -> state = b == '{' ? State.NAME_OR_END : State.MALFORMED;
      case NAME_OR_END, AFTER_COMMA -> {
        if (b == '"') {
          name.reset();
          nameTooLong = false;
          state = State.NAME;
        } else {
          closeIf(b == '}' && state == State.NAME_OR_END);
        }
      }
      case COLON -> state = b == ':' ? State.VALUE : State.MALFORMED;
      case VALUE -> startValue(b);
      case COMMA_OR_END -> {
        if (b == ',') {
          state = State.AFTER_COMMA;
        } else {
          closeIf(b == '}');
        }
      }
      default -> state = State.MALFORMED; // DONE: something follows
    }
  }

  private void closeIf(boolean closing) {
    if (!closing) {
      state = State.MALFORMED;
    } else if (level == first) {
      state = State.DONE;
    } else {
      level = Level.values()[level.ordinal() - 1];
      state = State.COMMA_OR_END;
    }
  }

  private void inName(byte b) {
    if (!escape && b == '"') {
      memberName = text(name);
      nameTooLong |= memberName.isEmpty() || memberName.length() > RoomKeyId.MAX_CHARS;
      state = State.COLON;
      return;
    }
    escape = !escape && b == '\\';
    if (name.size() < MAX_NAME_BYTES) {
      name.write(b);
    } else {
      nameTooLong = true;
    }
  }

  /** The text of a name; empty if it is none. */
  private static String text(ByteArrayOutputStream raw) {
    String written = raw.toString(ISO_8859_1);
    if (isPlain(written)) {
      return written;
    }
    byte[] quoted = new byte[raw.size() + 2];
    quoted[0] = '"';
    System.arraycopy(raw.toByteArray(), 0, quoted, 1, raw.size());
    quoted[quoted.length - 1] = '"';
    try {
      return Json.parse(quoted).asText();
    } catch (MalformedJsonException e) {
      return "";
    }
  }

  /** Whether it stands for itself in JSON, as nearly all names do; there is no quote in it. */
  private static boolean isPlain(String written) {
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c < ' ' || c > '~' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private void startValue(byte b) throws IOException, VaultException {
    boolean descends =
        switch (level) {
          case TOP -> memberName.equals("rooms");
          case ROOMS -> true;
          case ROOM -> memberName.equals("sessions");
          case SESSIONS -> false;
        };
    if (descends && b == '{') {
      if (level == Level.ROOMS) {
        roomId = cut(memberName);
        roomTooLong = nameTooLong;
      }
      level = Level.values()[level.ordinal() + 1];
      state = State.NAME_OR_END;
      return;
    }
    value.reset();
    tooLong = false;
    escape = false;
    inString = b == '"';
    depth = b == '{' || b == '[' ? 1 : 0;
    scalar = !inString && depth == 0;
    if (b == ',' || b == '}' || b == ']' || b == ':') {
      state = State.MALFORMED;
      return;
    }
    keep(b);
    state = State.IN_VALUE;
  }

  private void inValue(byte b) throws IOException, VaultException {
    if (scalar) {
      if (b == ',' || b == '}' || isSpace(b)) {
        endValue();
        if (!isSpace(b)) {
          structure(b);
        }
      } else {
        keep(b);
      }
      return;
    }
    keep(b);
    if (inString) {
      if (!escape && b == '"') {
        inString = false;
      }
      escape = !escape && b == '\\';
    } else if (b == '"') {
      inString = true;
      escape = false;
    } else if (b == '{' || b == '[') {
      depth++;
      tooLong |= depth > MAX_DEPTH;
    } else if (b == '}' || b == ']') {
      depth--;
    }
    if (depth == 0 && !inString) {
      endValue();
    }
  }

  private void keep(byte b) {
    if (level == Level.SESSIONS && !tooLong) {
      value.write(b);
      tooLong = value.size() > MAX_ENTRY_BYTES;
    }
  }

  private void keep(byte[] bytes, int from, int count) {
    if (level == Level.SESSIONS && !tooLong) {
      value.write(bytes, from, Math.min(count, MAX_ENTRY_BYTES + 1 - value.size()));
      tooLong = value.size() > MAX_ENTRY_BYTES;
    }
  }

  private void endValue() throws IOException, VaultException {
    state = State.COMMA_OR_END;
    if (level != Level.SESSIONS) {
      return;
    }
    entries++;
    if (tooLong || nameTooLong || roomTooLong) {
      sink.damaged(roomId, cut(memberName), Reason.TOO_LONG);
    } else {
      sink.entry(roomId, memberName, value.toByteArray());
    }
  }

  private static String cut(String text) {
    return text.length() > RoomKeyId.MAX_CHARS ? text.substring(0, RoomKeyId.MAX_CHARS) : text;
  }

  @Override
  public String toString() {
    return "EntryScanner[" + state + " after " + entries + " entries]";
  }
}

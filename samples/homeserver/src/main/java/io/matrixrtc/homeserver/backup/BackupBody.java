package io.matrixrtc.homeserver.backup;

import com.fasterxml.jackson.databind.node.TextNode;
import io.matrixrtc.homeserver.http.Body;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** HS-STREAM: the entries of a backup, or of one room, as JSON that is never held as a whole. */
final class BackupBody implements Body {
  /** A piece is sent when it has this many characters. */
  static final int PIECE_CHARS = 65_536;

  private final EntrySource source;
  private final Function<Supplier<Optional<byte[]>>, CompletableFuture<Optional<byte[]>>> runner;
  private final boolean whole;
  private Iterator<String> rooms = Collections.emptyIterator();
  private Iterator<BackupEntry> entries = Collections.emptyIterator();
  private boolean begun;
  private boolean ended;
  private boolean inRoom;
  private boolean firstRoom = true;
  private boolean firstEntry = true;

  private BackupBody(
      EntrySource source,
      Optional<String> room,
      Function<Supplier<Optional<byte[]>>, CompletableFuture<Optional<byte[]>>> runner) {
    this.source = source;
    this.whole = room.isEmpty();
    this.runner = runner;
    room.ifPresent(id -> rooms = List.of(id).iterator());
  }

  /**
   * The whole backup, or one room of it. {@code runner} makes each piece where the source may be
   * used.
   */
  static BackupBody of(
      EntrySource source,
      Optional<String> room,
      Function<Supplier<Optional<byte[]>>, CompletableFuture<Optional<byte[]>>> runner) {
    return new BackupBody(source, room, runner);
  }

  @Override
  public CompletableFuture<Optional<byte[]>> next() {
    return runner.apply(this::piece);
  }

  private Optional<byte[]> piece() {
    StringBuilder text = new StringBuilder();
    while (!ended && text.length() < PIECE_CHARS) {
      step(text);
    }
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void step(StringBuilder text) {
    if (!begun) {
      begun = true;
      if (whole) {
        rooms = source.rooms().iterator();
        text.append("{\"rooms\":{");
      }
    } else if (entries.hasNext()) {
      BackupEntry entry = entries.next();
      text.append(firstEntry ? "" : ",").append(quoted(entry.sessionId())).append(':');
      text.append(entry.json());
      firstEntry = false;
    } else if (inRoom) {
      inRoom = false;
      text.append("}}");
    } else if (rooms.hasNext()) {
      String room = rooms.next();
      if (whole) {
        text.append(firstRoom ? "" : ",").append(quoted(room)).append(':');
      }
      text.append("{\"sessions\":{");
      entries = source.entries(room);
      inRoom = true;
      firstRoom = false;
      firstEntry = true;
    } else {
      ended = true;
      text.append(whole ? "}}" : "");
    }
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }
}

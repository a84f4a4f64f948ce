package io.matrixrtc.homeserver.stream;

import io.matrixrtc.homeserver.http.MatrixException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A sync token: how far each part of the stream has been read. On the wire {@code s} and the
 * numbers with underscores between them.
 */
public record StreamToken(Map<StreamKind, Long> positions) {

  public StreamToken {
    positions = Collections.unmodifiableMap(new EnumMap<>(positions));
  }

  /** All parts read up to the same position. */
  public static StreamToken at(long position) {
    Map<StreamKind, Long> positions = new EnumMap<>(StreamKind.class);
    for (StreamKind kind : StreamKind.values()) {
      positions.put(kind, position);
    }
    return new StreamToken(positions);
  }

  /** Reads a token of this server; {@code M_INVALID_PARAM} if it is none. */
  public static StreamToken parse(String text) {
    StreamKind[] kinds = StreamKind.values();
    if (!text.matches("s[0-9]{1,18}(_[0-9]{1,18}){" + (kinds.length - 1) + "}")) {
      throw MatrixException.invalidParam("Not a sync token: " + text);
    }
    String[] numbers = text.substring(1).split("_", -1);
    Map<StreamKind, Long> positions = new EnumMap<>(StreamKind.class);
    for (StreamKind kind : kinds) {
      positions.put(kind, Long.parseLong(numbers[positions.size()]));
    }
    return new StreamToken(positions);
  }

  public long position(StreamKind kind) {
    return positions.getOrDefault(kind, 0L);
  }

  /** This token with one part read up to another position. */
  public StreamToken with(StreamKind kind, long position) {
    Map<StreamKind, Long> changed = new EnumMap<>(positions);
    changed.put(kind, position);
    return new StreamToken(changed);
  }

  @Override
  public String toString() {
    return Arrays.stream(StreamKind.values())
        .map(kind -> Long.toString(position(kind)))
        .collect(Collectors.joining("_", "s", ""));
  }
}

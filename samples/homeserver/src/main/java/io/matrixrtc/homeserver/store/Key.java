package io.matrixrtc.homeserver.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The key of a row, or the beginning of one: strings and longs, compared part by part. Strings
 * compare by code point, which is the order of their UTF-8 bytes and so SQLite's.
 */
public record Key(List<Object> parts) implements Comparable<Key> {
  private static final Object AFTER_ALL = new Object();

  public Key {
    parts = List.copyOf(parts);
    for (Object part : parts) {
      if (!(part instanceof String || part instanceof Long || part == AFTER_ALL)) {
        throw new IllegalArgumentException("key part: want String or Long, got " + part.getClass());
      }
    }
  }

  public static Key of(Object... parts) {
    return new Key(List.of(parts));
  }

  /** A key that sorts after every key beginning with this one. */
  Key end() {
    return with(AFTER_ALL);
  }

  Key with(Object part) {
    List<Object> longer = new ArrayList<>(parts);
    longer.add(part);
    return new Key(longer);
  }

  public int size() {
    return parts.size();
  }

  public String text(int index) {
    return (String) parts.get(index);
  }

  public long number(int index) {
    return (Long) parts.get(index);
  }

  @Override
  public int compareTo(Key other) {
    int common = Math.min(parts.size(), other.parts.size());
    for (int i = 0; i < common; i++) {
      int order = comparePart(parts.get(i), other.parts.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(parts.size(), other.parts.size());
  }

  private static int comparePart(Object a, Object b) {
    if (a == AFTER_ALL || b == AFTER_ALL) {
      return Boolean.compare(a == AFTER_ALL, b == AFTER_ALL);
    }
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    return compareCodePoints((String) a, (String) b);
  }

  private static int compareCodePoints(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // A surrogate stands for a code point above all of the basic plane.
        boolean xHigh = Character.isSurrogate(x);
        boolean yHigh = Character.isSurrogate(y);
        return xHigh == yHigh ? Character.compare(x, y) : Boolean.compare(xHigh, yHigh);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}

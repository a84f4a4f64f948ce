package io.matrixrtc.widget.api;

import java.util.Optional;

/** Who started an exchange: the value of {@code api}, equal in request and reply. */
public enum Direction {
  /** The widget asks, the host answers. */
  FROM_WIDGET("fromWidget"),
  /** The host asks, the widget answers. */
  TO_WIDGET("toWidget");

  private final String wireName;

  Direction(String wireName) {
    this.wireName = wireName;
  }

  /** The value on the wire. */
  public String wireName() {
    return wireName;
  }

  /** The direction of that name, matched exactly. */
  public static Optional<Direction> of(String wireName) {
    for (Direction direction : values()) {
      if (direction.wireName.equals(wireName)) {
        return Optional.of(direction);
      }
    }
    return Optional.empty();
  }
}

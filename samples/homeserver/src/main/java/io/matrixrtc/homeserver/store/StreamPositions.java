package io.matrixrtc.homeserver.store;

/**
 * The one counter of the server. Each room event, to-device message, device-list change, account
 * data write and key claim takes the next number. Kept in the storage, so that it never runs
 * backwards, not even over a restart.
 */
public final class StreamPositions {
  private record Position(long last) {}

  private static final TableSpec<Position> SPEC =
      TableSpec.of("stream_position", Position.class, "name");
  private static final String NAME = "all";

  private final Table<Position> table;

  public StreamPositions(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  /** The number handed out last; 0 if none. */
  public long current() {
    return table.get(NAME).map(Position::last).orElse(0L);
  }

  /** Takes the next number, from 1 on. */
  public long next() {
    return reserve(1);
  }

  /** Takes {@code count} numbers, 0 or more, and returns the first of them. */
  public long reserve(int count) {
    long first = current() + 1;
    table.put(new Position(first + count - 1), NAME);
    return first;
  }
}

package io.matrixrtc.token;

import io.vertx.core.Future;

/** What this service asks of the SFU. Any thread may call. */
interface SfuRooms extends AutoCloseable {

  /**
   * Creates a room unless it exists.
   *
   * @return fails if the SFU did not do it
   */
  Future<Void> create(String roomAlias);

  /**
   * Whether a participant is connected.
   *
   * @return fails if the SFU did not tell
   */
  Future<Boolean> isPresent(String roomAlias, String identity);

  /** Lets go of connections. */
  @Override
  void close();
}

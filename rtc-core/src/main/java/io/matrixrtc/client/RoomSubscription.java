package io.matrixrtc.client;

/** A room that is followed. */
public interface RoomSubscription extends AutoCloseable {
  /** Follows it no more; an update that is being handed on still arrives. */
  @Override
  void close();
}

package io.matrixrtc.widget.client;

/** A call that is told of its room. */
public interface CallSubscription extends AutoCloseable {
  /** Tells it nothing more. */
  @Override
  void close();
}

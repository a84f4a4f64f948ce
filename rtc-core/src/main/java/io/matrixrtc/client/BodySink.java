package io.matrixrtc.client;

import java.util.concurrent.CompletionStage;

/** Takes the body of an answer as it comes: for answers that nobody wants to hold whole. */
@FunctionalInterface
public interface BodySink {
  /**
   * Takes the next bytes, which it may keep. Called on a thread of the transport; must not block.
   *
   * @return more come when it completes; if it fails, the answer is broken off
   */
  CompletionStage<Void> take(byte[] bytes);
}

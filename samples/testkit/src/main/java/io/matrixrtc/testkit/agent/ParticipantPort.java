package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.DeviceAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A participant, in this JVM or in another. Any thread may call. */
public interface ParticipantPort extends AutoCloseable {
  /** Who it is. */
  ParticipantSpec spec();

  /**
   * Asks for one thing. Requests are carried out in the order in which they are asked.
   *
   * @return completes with the answer; exceptionally only for a bug or a dead process
   */
  CompletionStage<ParticipantAnswer> ask(ParticipantRequest request);

  /**
   * Asks to be told when the participant has heard of another's device.
   *
   * @return completes when it has, at once for those who look for devices themselves; exceptionally
   *     if it never will
   */
  default CompletionStage<Boolean> meets(DeviceAddress other) {
    return CompletableFuture.completedStage(true);
  }

  /**
   * Whether it writes its own messages into its trace. What others send is noted as the homeserver
   * gets it, where that can be seen.
   */
  default boolean tracesMessages() {
    return true;
  }

  /** Ends the participant without ceremony, as a crash would. */
  @Override
  void close();
}

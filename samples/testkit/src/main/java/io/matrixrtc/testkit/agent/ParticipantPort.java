package io.matrixrtc.testkit.agent;

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

  /** Ends the participant without ceremony, as a crash would. */
  @Override
  void close();
}

package io.matrixrtc.livekit;

import java.util.Map;

/** What became of the search for an SFU to publish on. */
public sealed interface TransportOutcome {

  /** There is one. */
  record Found(ServiceUrl service, TransportSource source) implements TransportOutcome {}

  /**
   * There is none.
   *
   * @param why for each place that was looked at, why it gave nothing; fit to show to a person
   */
  record Missing(Map<TransportSource, String> why) implements TransportOutcome {
    public Missing {
      why = Map.copyOf(why);
    }
  }
}

package io.matrixrtc.widget.host;

import java.util.concurrent.CompletionStage;

/**
 * A call to one of the host's ports, as a value: the machine asks for it, the shell makes it.
 *
 * @param <A> what it answers
 */
public interface DriverCall<A> {
  /** Makes the call. The stage completes exceptionally only for bugs. */
  CompletionStage<DriverResult<A>> on(WidgetDriver driver);

  /** The answer of a call that answers nothing. */
  enum Ack {
    ACK
  }
}

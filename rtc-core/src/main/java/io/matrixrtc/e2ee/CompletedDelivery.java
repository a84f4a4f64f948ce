package io.matrixrtc.e2ee;

import java.util.Map;

/**
 * The end of what {@link OlmMachine#deliver} began.
 *
 * @param id the id that it returned
 * @param outcomes one for every device asked for
 */
public record CompletedDelivery(String id, Map<UserDevice, DeliveryOutcome> outcomes) {
  public CompletedDelivery {
    outcomes = Map.copyOf(outcomes);
  }
}

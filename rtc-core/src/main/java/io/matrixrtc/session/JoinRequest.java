package io.matrixrtc.session;

import java.util.List;
import java.util.Optional;

/**
 * What this device says about itself when it joins.
 *
 * @param transports how its media travels, the preferred one first
 * @param focusSelection {@code multi_sfu} or {@code oldest_membership}
 * @param intent {@code audio}, {@code video}, another word, or nothing
 */
public record JoinRequest(
    List<Transport> transports, String focusSelection, Optional<String> intent) {
  /** Each member publishes on its own transport: what Element Call does by default. */
  public static final String MULTI_SFU = "multi_sfu";

  /** Everyone publishes on the transport of the oldest member: older clients. */
  public static final String OLDEST_MEMBERSHIP = "oldest_membership";

  public JoinRequest {
    transports = List.copyOf(transports);
  }

  /** Joins with own transports. */
  public static JoinRequest multiSfu(List<Transport> transports) {
    return new JoinRequest(transports, MULTI_SFU, Optional.empty());
  }
}

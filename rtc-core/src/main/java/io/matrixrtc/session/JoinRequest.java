package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What this device says about itself when it joins.
 *
 * @param transports how its media travels, the preferred one first
 * @param focusSelection {@code multi_sfu} or {@code oldest_membership}
 * @param intent {@code audio}, {@code video}, another word, or nothing
 * @param notification how to tell the room if this device is the first in the call
 * @param application fields of the application's own, which others find in {@link
 *     Membership#application}; none of ours is replaced
 */
public record JoinRequest(
    List<Transport> transports,
    String focusSelection,
    Optional<String> intent,
    Optional<NotificationRequest> notification,
    ObjectNode application) {
  /** Each member publishes on its own transport: what Element Call does by default. */
  public static final String MULTI_SFU = "multi_sfu";

  /** Everyone publishes on the transport of the oldest member: older clients. */
  public static final String OLDEST_MEMBERSHIP = "oldest_membership";

  public JoinRequest {
    transports = List.copyOf(transports);
    application = application.deepCopy();
  }

  /** Without fields of the application's own. */
  public JoinRequest(
      List<Transport> transports,
      String focusSelection,
      Optional<String> intent,
      Optional<NotificationRequest> notification) {
    this(transports, focusSelection, intent, notification, JsonNodeFactory.instance.objectNode());
  }

  @Override
  public ObjectNode application() {
    return application.deepCopy();
  }

  /** Without a notification. */
  public JoinRequest(List<Transport> transports, String focusSelection, Optional<String> intent) {
    this(transports, focusSelection, intent, Optional.empty());
  }

  /** Joins with own transports. */
  public static JoinRequest multiSfu(List<Transport> transports) {
    return new JoinRequest(transports, MULTI_SFU, Optional.empty());
  }

  /** This, with another intent. */
  public JoinRequest withIntent(String other) {
    return new JoinRequest(
        transports, focusSelection, Optional.of(other), notification, application);
  }

  /** This, telling the room. */
  public JoinRequest withNotification(NotificationRequest request) {
    return new JoinRequest(transports, focusSelection, intent, Optional.of(request), application);
  }

  /** This, with a field of the application's own. */
  public JoinRequest withApplicationField(String name, boolean value) {
    return new JoinRequest(
        transports, focusSelection, intent, notification, application().put(name, value));
  }
}

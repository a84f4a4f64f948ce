package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.Capability.MessageEvent;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.api.Capability.ToDevice;
import io.matrixrtc.widget.api.Capability.Unknown;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.api.InternalToDeviceTypes;
import io.matrixrtc.widget.host.HostedWidget.RoomScope;
import java.util.Set;

/** What no widget is granted, whatever the policy says. */
record CapabilityRules(HostedWidget widget) {
  /** State events, never sent or received as messages. */
  private static final Set<String> STATE_TYPES =
      Set.of(
          "m.room.create",
          "m.room.member",
          "m.room.name",
          "m.room.topic",
          "m.room.avatar",
          "m.room.encryption",
          "m.room.power_levels",
          "m.room.join_rules",
          "m.room.history_visibility",
          "m.room.guest_access",
          "m.room.canonical_alias",
          "m.room.pinned_events",
          "m.room.server_acl",
          "m.room.third_party_invite",
          "m.room.tombstone",
          "m.space.child",
          "m.space.parent",
          "org.matrix.msc3401.call",
          "org.matrix.msc3401.call.member");

  /** Message-like events, never sent or received as state. */
  private static final Set<String> MESSAGE_TYPES =
      Set.of("m.room.message", "m.room.encrypted", "m.room.redaction", "m.reaction", "m.sticker");

  /** State that says something about the user who is named in its key. */
  private static final Set<String> MEMBER_TYPES =
      Set.of("m.room.member", "org.matrix.msc3401.call.member", "m.call.member", "m.rtc.member");

  /** Whether the policy may be asked about it. */
  boolean isGrantable(Capability capability) {
    if (capability instanceof Unknown) { // CAP-UNKNOWN
      return false;
    }
    if (capability instanceof MessageEvent event) { // CAP-KIND
      return !STATE_TYPES.contains(event.type());
    }
    if (capability instanceof StateEvent event) {
      return !MESSAGE_TYPES.contains(event.type()) && isOwnMember(event);
    }
    if (capability instanceof ToDevice message) { // TODEV-INTERNAL
      return !InternalToDeviceTypes.contains(message.type());
    }
    if (capability instanceof Timeline timeline) { // ROOM-PIN
      return widget.scope() == RoomScope.VIEWED
          || timeline.roomId().filter(widget.roomId()::equals).isPresent();
    }
    return true;
  }

  /** CAP-MEMBER: a widget writes nobody's membership but its user's. */
  private boolean isOwnMember(StateEvent event) {
    if (event.flow() == Flow.RECEIVE || !MEMBER_TYPES.contains(event.type())) {
      return true;
    }
    String user = widget.account().userId();
    return event
        .stateKey()
        .filter(
            key ->
                key.equals(user) || key.startsWith(user + "_") || key.startsWith("_" + user + "_"))
        .isPresent();
  }
}

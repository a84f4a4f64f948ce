package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Who says in its membership that its receiver walks from the key it was given (KEY-R0). A field of
 * ours in the application's data: others ignore it. A homeserver can add it to a state event, which
 * makes a receiver deaf that does not walk, but gives no key to anyone.
 */
final class WalkingReceivers {
  static final String FIELD = "io.matrixrtc.walks_keys";

  private Set<DeviceAddress> told = Set.of();

  /** The app knows it of these. */
  void told(Set<DeviceAddress> devices) {
    told = Set.copyOf(devices);
  }

  static JoinRequest announce(JoinRequest request) {
    return request.withApplicationField(FIELD, true);
  }

  /** Those of {@code members} that announce it, and those whom the app named. */
  Set<DeviceAddress> among(Collection<Membership> members) {
    Set<DeviceAddress> walking = new HashSet<>(told);
    members.stream()
        .filter(member -> member.application().path(FIELD).asBoolean())
        .forEach(member -> walking.add(member.device()));
    return walking;
  }
}

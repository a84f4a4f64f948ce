package io.matrixrtc.widget.api;

import io.matrixrtc.widget.api.Capability.MessageEvent;
import io.matrixrtc.widget.api.Capability.RoomAccountData;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.api.Capability.ToDevice;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a widget may do. Texts are compared exactly: no wildcards, no prefixes (CAP-MATCH).
 *
 * @param capabilities all of them, in the order in which they were asked for
 */
public record CapabilitySet(Set<Capability> capabilities) {
  /** Nothing. */
  public static final CapabilitySet NONE = new CapabilitySet(Set.of());

  public CapabilitySet {
    capabilities = Collections.unmodifiableSet(new LinkedHashSet<>(capabilities));
  }

  /** The set of what the strings allow, unknown ones left out. */
  public static CapabilitySet parse(Collection<String> texts) {
    Set<Capability> known = new LinkedHashSet<>();
    for (String text : texts) {
      Capability capability = Capability.parse(text);
      if (!(capability instanceof Capability.Unknown)) {
        known.add(capability);
      }
    }
    return new CapabilitySet(known);
  }

  /** This set and {@code more}. */
  public CapabilitySet with(Collection<? extends Capability> more) {
    Set<Capability> all = new LinkedHashSet<>(capabilities);
    all.addAll(more);
    return new CapabilitySet(all);
  }

  public boolean has(Capability capability) {
    return capabilities.contains(capability);
  }

  /**
   * Whether a message-like event may pass.
   *
   * @param msgtype {@code content.msgtype}; without it only a grant of all message types matches
   */
  public boolean allowsMessage(Flow flow, String type, Optional<String> msgtype) {
    return has(new MessageEvent(flow, type, Optional.empty()))
        || (type.equals(Capability.ROOM_MESSAGE)
            && msgtype.isPresent()
            && has(new MessageEvent(flow, type, msgtype)));
  }

  /** Whether a state event with that key may pass. */
  public boolean allowsState(Flow flow, String type, String stateKey) {
    return allowsEveryStateKey(flow, type)
        || has(new StateEvent(flow, type, Optional.of(stateKey)));
  }

  /** Whether state events with any key may pass. */
  public boolean allowsEveryStateKey(Flow flow, String type) {
    return has(new StateEvent(flow, type, Optional.empty()));
  }

  public boolean allowsToDevice(Flow flow, String type) {
    return has(new ToDevice(flow, type));
  }

  /** Whether a room other than the widget's own may be used. */
  public boolean allowsRoom(String roomId) {
    return has(new Timeline(Optional.empty())) || has(new Timeline(Optional.of(roomId)));
  }

  public boolean allowsRoomAccountData(String type) {
    return has(new RoomAccountData(type));
  }

  /** The grants of state that may be read. */
  public List<StateEvent> readableState() {
    return of(StateEvent.class, state -> state.flow() == Flow.RECEIVE);
  }

  /** The rooms named by timeline grants. */
  public List<Timeline> timelines() {
    return of(Timeline.class, timeline -> true);
  }

  private <C extends Capability> List<C> of(Class<C> kind, Predicate<C> which) {
    return capabilities.stream().filter(kind::isInstance).map(kind::cast).filter(which).toList();
  }
}

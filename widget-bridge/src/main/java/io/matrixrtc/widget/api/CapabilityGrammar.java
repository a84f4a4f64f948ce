package io.matrixrtc.widget.api;

import io.matrixrtc.widget.api.Capability.MessageEvent;
import io.matrixrtc.widget.api.Capability.RoomAccountData;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.api.Capability.ToDevice;
import io.matrixrtc.widget.api.Capability.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The grammar of capability strings (MSC2762, MSC3819). Prefixes match exactly; a stable spelling
 * ({@code m.send.event:} for {@code org.matrix.msc2762.send.event:}) means the same.
 *
 * <p>A {@code #} divides type and key. In the type of a state event it is written {@code \#}; in
 * all other types it is an ordinary character, except for the message types of {@code
 * m.room.message}.
 */
final class CapabilityGrammar {
  static final String TIMELINE = "org.matrix.msc2762.timeline:";
  static final String ACCOUNT_DATA = "com.beeper.capabilities.receive.room_account_data:";

  private static final String STABLE_TIMELINE = "m.timeline:";
  private static final String EVENTS = "org.matrix.msc2762.";
  private static final String TO_DEVICE = "org.matrix.msc3819.";
  private static final String STABLE = "m.";

  private CapabilityGrammar() {}

  static String messagePrefix(Flow flow) {
    return EVENTS + flow.wireName() + ".event:";
  }

  static String statePrefix(Flow flow) {
    return EVENTS + flow.wireName() + ".state_event:";
  }

  static String toDevicePrefix(Flow flow) {
    return TO_DEVICE + flow.wireName() + ".to_device:";
  }

  static String escaped(String stateType) {
    return stateType.replace("#", "\\#");
  }

  static Capability parse(String text) {
    Optional<Feature> feature = Feature.of(text);
    if (feature.isPresent()) {
      return feature.get();
    }
    for (Flow flow : Flow.values()) {
      String word = flow.wireName();
      Optional<String> message = rest(text, messagePrefix(flow), STABLE + word + ".event:");
      if (message.isPresent()) {
        return message(flow, message.get());
      }
      Optional<String> state = rest(text, statePrefix(flow), STABLE + word + ".state_event:");
      if (state.isPresent()) {
        return state(flow, state.get());
      }
      Optional<String> toDevice = rest(text, toDevicePrefix(flow), STABLE + word + ".to_device:");
      if (toDevice.isPresent()) {
        return new ToDevice(flow, toDevice.get());
      }
    }
    Optional<String> room = rest(text, TIMELINE, STABLE_TIMELINE);
    if (room.isPresent()) {
      return new Timeline(room.filter(id -> !id.equals("*")));
    }
    return rest(text, ACCOUNT_DATA, ACCOUNT_DATA)
        .<Capability>map(RoomAccountData::new)
        .orElseGet(() -> new Unknown(text));
  }

  /**
   * What follows the prefix. A prefix alone is no capability. Interned: thousands of sessions hold
   * the same few texts.
   */
  private static Optional<String> rest(String text, String unstable, String stable) {
    for (String prefix : List.of(unstable, stable)) {
      if (text.length() > prefix.length() && text.startsWith(prefix)) {
        return Optional.of(text.substring(prefix.length()).intern());
      }
    }
    return Optional.empty();
  }

  private static MessageEvent message(Flow flow, String rest) {
    String narrowed = Capability.ROOM_MESSAGE + "#";
    return rest.startsWith(narrowed)
        ? new MessageEvent(
            flow, Capability.ROOM_MESSAGE, Optional.of(rest.substring(narrowed.length())))
        : new MessageEvent(flow, rest, Optional.empty());
  }

  /**
   * CAP-ESCAPE. matrix-widget-api reads a type with an escaped {@code #} and no key as the empty
   * key; here it means every key, as for any other type.
   */
  private static Capability state(Flow flow, String rest) {
    List<String> type = new ArrayList<>();
    int at = 0;
    while (true) {
      int mark = rest.indexOf('#', at);
      if (mark < 0) {
        type.add(rest.substring(at));
        return new StateEvent(flow, String.join("#", type).intern(), Optional.empty());
      }
      String piece = rest.substring(at, mark);
      at = mark + 1;
      if (!piece.endsWith("\\")) {
        type.add(piece);
        String whole = String.join("#", type).intern();
        return whole.endsWith("\\")
            ? new Unknown(statePrefix(flow) + rest)
            : new StateEvent(flow, whole, Optional.of(rest.substring(at)));
      }
      type.add(piece.substring(0, piece.length() - 1));
    }
  }
}

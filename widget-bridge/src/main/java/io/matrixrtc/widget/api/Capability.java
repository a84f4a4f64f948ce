package io.matrixrtc.widget.api;

import java.util.Optional;

/** Something that a widget asks to be allowed. Equal if they allow the same. */
public sealed interface Capability
    permits Capability.MessageEvent,
        Capability.StateEvent,
        Capability.ToDevice,
        Capability.Timeline,
        Capability.RoomAccountData,
        Capability.Unknown,
        Feature {

  /** The only type whose message-like grants may be narrowed. */
  String ROOM_MESSAGE = "m.room.message";

  /** The string on the wire, with the names that are in use (unstable ones). */
  String text();

  /** Reads any string; what is not known becomes {@link Unknown}. */
  static Capability parse(String text) {
    return CapabilityGrammar.parse(text);
  }

  /**
   * Message-like events of one type.
   *
   * @param msgtype the only message type; empty for all. Only {@code m.room.message} has one
   */
  record MessageEvent(Flow flow, String type, Optional<String> msgtype) implements Capability {
    public MessageEvent {
      if (msgtype.isPresent() && !type.equals(ROOM_MESSAGE)) {
        throw new IllegalArgumentException("only " + ROOM_MESSAGE + " has message types");
      }
    }

    @Override
    public String text() {
      return CapabilityGrammar.messagePrefix(flow)
          + type
          + msgtype.map(key -> "#" + key).orElse("");
    }
  }

  /**
   * State events of one type.
   *
   * @param stateKey the only state key, maybe empty; no value for all keys
   */
  record StateEvent(Flow flow, String type, Optional<String> stateKey) implements Capability {
    public StateEvent {
      if (stateKey.isPresent() && type.endsWith("\\")) {
        throw new IllegalArgumentException("a type that ends in a backslash takes no state key");
      }
    }

    @Override
    public String text() {
      return CapabilityGrammar.statePrefix(flow)
          + CapabilityGrammar.escaped(type)
          + stateKey.map(key -> "#" + key).orElse("");
    }
  }

  /** To-device messages of one type. */
  record ToDevice(Flow flow, String type) implements Capability {
    @Override
    public String text() {
      return CapabilityGrammar.toDevicePrefix(flow) + type;
    }
  }

  /**
   * Events of a room other than the one the widget is shown in. Opens nothing by itself.
   *
   * @param roomId the room; empty for all
   */
  record Timeline(Optional<String> roomId) implements Capability {
    @Override
    public String text() {
      return CapabilityGrammar.TIMELINE + roomId.orElse("*");
    }
  }

  /** Reading the user's data of one type in rooms. */
  record RoomAccountData(String type) implements Capability {
    @Override
    public String text() {
      return CapabilityGrammar.ACCOUNT_DATA + type;
    }
  }

  /** A string that nobody here knows. Never granted (CAP-UNKNOWN). */
  record Unknown(String text) implements Capability {}
}

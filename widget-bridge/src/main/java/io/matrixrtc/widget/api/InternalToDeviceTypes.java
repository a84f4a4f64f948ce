package io.matrixrtc.widget.api;

import java.util.List;
import java.util.Set;

/**
 * The to-device event types by which clients manage their keys. No widget ever sends or receives
 * one, whatever was granted (TODEV-INTERNAL).
 */
public final class InternalToDeviceTypes {
  private static final Set<String> EXACT =
      Set.of(
          "m.dummy",
          "m.room_key",
          "m.room_key_request",
          "m.forwarded_room_key",
          "m.room_key.withheld",
          "org.matrix.room_key.withheld",
          "m.room.encrypted",
          "m.room_key_bundle",
          "io.element.msc4268.room_key_bundle");

  private static final List<String> PREFIXES =
      List.of("m.key.", "m.secret.", "m.olm.", "m.room_key", "m.megolm.");

  private InternalToDeviceTypes() {}

  /** Whether {@code type} is one of them. */
  public static boolean contains(String type) {
    return EXACT.contains(type) || PREFIXES.stream().anyMatch(type::startsWith);
  }
}

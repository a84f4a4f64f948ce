package io.matrixrtc.keys;

/**
 * The way that a key travels, by name, as diagnostics show it. Each {@link KeyTransport} has one of
 * its own.
 *
 * @param name for example {@code to-device}
 * @param isFallback whether a transport was used because the usual one does not reach the device
 */
public record KeyWay(String name, boolean isFallback) {
  /** Olm-encrypted to-device messages. */
  public static final KeyWay TO_DEVICE = new KeyWay("to-device", false);

  /** Events in the encrypted room, which all its members can read. */
  public static final KeyWay ROOM_EVENT = new KeyWay("room-event", false);

  /** This, as a fallback. */
  public KeyWay asFallback() {
    return new KeyWay(name, true);
  }

  @Override
  public String toString() {
    return isFallback ? name + " (fallback)" : name;
  }
}

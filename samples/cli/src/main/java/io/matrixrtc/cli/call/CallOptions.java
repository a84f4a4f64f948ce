package io.matrixrtc.cli.call;

import io.matrixrtc.keys.KeyFormat;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * How to take part in a call.
 *
 * @param user full user id, or its local part
 * @param room id or alias; joined if need be
 * @param policy name of the rotation policy
 * @param trust name of the trust that is required of devices, in both directions
 * @param way how own keys travel
 * @param format of own keys as to-device messages
 * @param livekit URL of a LiveKit token service to announce; without one, none is
 * @param newIdentity whether the user is given a cross-signing identity, if it has none
 */
public record CallOptions(
    URI homeserver,
    String user,
    String password,
    String room,
    String policy,
    String trust,
    Way way,
    KeyFormat format,
    Optional<URI> livekit,
    boolean newIdentity) {

  /** How own keys travel. Keys of others are taken from both ways, but for the first. */
  public enum Way {
    /** Olm messages to devices only. */
    TO_DEVICE,
    /**
     * By devices; to old clients, which show themselves, by events that all of the room can read.
     */
    ADAPTIVE,
    /** As events that all of the room can read only: what clients of 2024 know. */
    ROOM_EVENT;

    /** The name it is chosen by. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a way by its name.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Way named(String label) {
      for (Way way : values()) {
        if (way.label().equals(label)) {
          return way;
        }
      }
      throw new IllegalArgumentException(
          "--keys-by: want to-device, adaptive or room-event, got " + label);
    }
  }

  /** Shows no password. */
  @Override
  public String toString() {
    return "CallOptions[" + user + " at " + homeserver + ", room " + room + "]";
  }
}

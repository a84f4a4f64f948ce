package io.matrixrtc.e2ee;

import java.util.Map;

/**
 * Which devices and identities, our own ones included, are other than when this was asked for last.
 * What an answer showed unchanged is not among them. Immutable.
 *
 * @param devices changes of devices, local decisions included
 * @param identities changes of identities by user, decisions included; an identity is never deleted
 */
public record KeyChanges(Map<UserDevice, Kind> devices, Map<String, Kind> identities) {
  /** What happened. */
  public enum Kind {
    /** It was not known before. */
    NEW,
    /** It was known and differs. */
    CHANGED,
    /** It is not listed any more. */
    DELETED
  }

  public KeyChanges {
    devices = Map.copyOf(devices);
    identities = Map.copyOf(identities);
  }

  /** Whether nothing has changed. */
  public boolean isEmpty() {
    return devices.isEmpty() && identities.isEmpty();
  }
}

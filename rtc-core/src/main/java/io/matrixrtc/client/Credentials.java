package io.matrixrtc.client;

import java.util.Optional;

/**
 * What a login or registration needs.
 *
 * @param user local part; for a login also a full user id
 * @param password never shown
 * @param deviceId the device to come back as, or to be; empty for one that the homeserver names
 * @param displayName shown to others in the list of devices
 * @param refreshable asks for a token that ends soon and is renewed by itself, where the homeserver
 *     can do that; the app then keeps each {@link LoginStatus.Renewed} session
 */
public record Credentials(
    String user,
    String password,
    Optional<String> deviceId,
    String displayName,
    boolean refreshable) {

  /** Credentials for a new device. */
  public static Credentials of(String user, String password, String displayName) {
    return new Credentials(user, password, Optional.empty(), displayName, false);
  }

  /** Returns the credentials with a device id. */
  public Credentials asDevice(String id) {
    return new Credentials(user, password, Optional.of(id), displayName, refreshable);
  }

  /** Returns the credentials for a login that renews its token. */
  public Credentials withRefresh() {
    return new Credentials(user, password, deviceId, displayName, true);
  }

  @Override
  public String toString() {
    return "Credentials[" + user + deviceId.map(id -> ", device " + id).orElse("") + "]";
  }
}

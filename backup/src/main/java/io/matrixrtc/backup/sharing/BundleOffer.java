package io.matrixrtc.backup.sharing;

/**
 * A bundle that a device offers us.
 *
 * @param sender the user
 * @param deviceId the device, as the Olm session says
 * @param crossSigned whether its owner had signed it, by what was known when the offer came
 * @param event where the bundle is; a secret
 */
public record BundleOffer(String sender, String deviceId, boolean crossSigned, BundleEvent event) {
  /** The room. */
  public String roomId() {
    return event.roomId();
  }
}

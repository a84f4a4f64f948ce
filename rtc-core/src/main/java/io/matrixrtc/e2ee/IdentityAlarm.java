package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;

/**
 * Something changed behind our user's back: a homeserver that lies, somebody who has our account,
 * or our user on another device. The app tells its user; what it blocks is said at each.
 */
public sealed interface IdentityAlarm {

  /**
   * Our own identity is another one, which was not made here. Until our user verifies it, nobody is
   * verified through it, and our private keys are unused.
   */
  record OwnIdentityReplaced(Ed25519PublicKey previous, Ed25519PublicKey present)
      implements IdentityAlarm {}

  /** The homeserver shows other keys for this device: others will not write to us. */
  record OwnDeviceReplaced() implements IdentityAlarm {}

  /** The homeserver does not list this device any more: it was deleted, and others forget it. */
  record OwnDeviceNotListed() implements IdentityAlarm {}

  /** Another Ed25519 key was shown for a known device, and refused: what was known stays. */
  record DeviceKeyRefused(UserDevice device) implements IdentityAlarm {}

  /**
   * Another user has another identity than the one that was seen first, or verified.
   *
   * @param state {@link IdentityState#PIN_VIOLATION}, which blocks nothing, or {@link
   *     IdentityState#VERIFICATION_VIOLATION}, after which the user's devices meet no policy but
   *     {@link TrustPolicy#ALL}
   * @param present the master key that is shown now
   */
  record IdentityViolation(String userId, IdentityState state, Ed25519PublicKey present)
      implements IdentityAlarm {
    @Override
    public String toString() {
      return "IdentityViolation["
          + ShownText.of(userId, ShownText.MAX_ID_CHARS)
          + ", "
          + state
          + "]";
    }
  }
}

package io.matrixrtc.e2ee;

/** Judges how sure it is that a device belongs to the user it names. */
interface DeviceVerification {

  /** The state of {@code device}, which need not be stored. */
  VerificationState stateOf(Device device);

  /** Knows only what our user decided about single devices; no cross-signing identities. */
  static DeviceVerification localOnly() {
    return device ->
        device.localTrust() == LocalTrust.VERIFIED
            ? VerificationState.VERIFIED
            : VerificationState.UNSIGNED_DEVICE;
  }
}

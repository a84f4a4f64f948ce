package io.matrixrtc.e2ee;

import java.util.Optional;

/** Decides whether a device may be written to at all. */
final class SendPolicy {
  private final UserDevice own;
  private final DeviceVerification verification;
  private final TrustPolicy policy;

  SendPolicy(UserDevice own, DeviceVerification verification, TrustPolicy policy) {
    this.own = own;
    this.verification = verification;
    this.policy = policy;
  }

  /** Why {@code device} must not be written to, if so. */
  Optional<EncryptionOutcome> refusal(Device device) throws CryptoStoreException {
    if (device.address().equals(own)) {
      return Optional.of(new EncryptionOutcome.OwnDevice());
    }
    if (device.localTrust() == LocalTrust.BLOCKED) {
      return Optional.of(new EncryptionOutcome.Blocked()); // SEND-BLOCKED
    }
    VerificationState state = verification.stateOf(device);
    if (!policy.accepts(state)) {
      return Optional.of(new EncryptionOutcome.UntrustedByPolicy(policy, state)); // SEND-POLICY
    }
    if (device.keys().isDehydrated() && !TrustPolicy.CROSS_SIGNED.accepts(state)) {
      return Optional.of( // SEND-DEHYDRATED
          new EncryptionOutcome.UntrustedByPolicy(TrustPolicy.CROSS_SIGNED, state));
    }
    return device.keys().supportsOlm()
        ? Optional.empty()
        : Optional.of(new EncryptionOutcome.NoOlmSupport());
  }
}

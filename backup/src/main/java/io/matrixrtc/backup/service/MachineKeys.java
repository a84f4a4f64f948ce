package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.OwnKeys;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.IdentityState;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.e2ee.UserIdentity;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.KeyFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the machine knows of our user's signing keys, and their signatures. */
public final class MachineKeys {
  private MachineKeys() {}

  /** What is known now. To be judged by afresh each time (AUTH-REJUDGE). */
  public static OwnKeys of(OlmMachine machine) throws CryptoStoreException {
    String userId = machine.device().userId();
    Optional<UserIdentity> identity = machine.identity(userId);
    boolean verified =
        machine.identityState(userId).filter(IdentityState.VERIFIED::equals).isPresent();
    List<OwnKeys.OtherDevice> others = new ArrayList<>();
    for (Device device : machine.devicesOf(userId)) {
      boolean trusted =
          machine
              .verificationOf(device.address())
              .filter(VerificationState.VERIFIED::equals)
              .isPresent();
      others.add(
          new OwnKeys.OtherDevice(device.keys().deviceId(), device.keys().ed25519(), trusted));
    }
    return new OwnKeys(
        userId,
        new OwnKeys.OwnDevice(machine.device().deviceId(), machine.identityKeys().ed25519()),
        identity.map(known -> new OwnKeys.MasterKey(known.master().key(), verified)),
        others);
  }

  /** Signs a new backup by the master key, if its private part is here, and the device. */
  public static BackupAuth sign(OlmMachine machine, BackupAuth auth) throws CryptoStoreException {
    String userId = machine.device().userId();
    try {
      BackupAuth signed =
          auth.signedBy(userId, machine.device().deviceId(), machine.crossSigning().deviceSigner());
      Optional<Secret> master = machine.crossSigning().exportSecret(SecretName.MASTER);
      return master.isPresent() ? signByMaster(signed, userId, master.get()) : signed;
    } catch (CanonicalJsonException e) {
      throw new IllegalStateException("what we make ourselves can be signed", e);
    }
  }

  private static BackupAuth signByMaster(BackupAuth auth, String userId, Secret master)
      throws CanonicalJsonException {
    byte[] seed = master.copyBytes();
    try (master;
        Ed25519KeyPair key = Ed25519KeyPair.fromSeed(seed)) {
      return auth.signedBy(
          userId, key.publicKey().toBase64(), message -> key.sign(message).toBytes());
    } catch (KeyFormatException e) {
      throw new IllegalStateException("a master key is a seed", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }
}

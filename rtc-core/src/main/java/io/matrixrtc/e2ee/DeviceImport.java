package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.StateKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A device that another implementation has run so far, on its way into an empty store, from which
 * {@link OlmMachine#open} goes on with it: the others need not notice. The account and its sessions
 * come from {@link io.matrixrtc.olm.VodozemacPickle} and {@link io.matrixrtc.olm.LibolmPickle};
 * room keys come as a key file or a backup, as on every new device.
 *
 * <p>The other implementation must not run again: two programs with one ratchet use the same
 * message key twice. Device lists and trust are not brought along; the machine asks for the lists,
 * and uploads its device keys once more, which changes nothing at the homeserver.
 *
 * <p>For one thread.
 */
public final class DeviceImport {
  private final UserDevice device;
  private final Account account;
  private final Map<StoredSession.Key, OlmSession> sessions = new HashMap<>();

  /**
   * Starts with the account; it is read by {@link #writeTo}, and stays the caller's to close.
   *
   * @param device as it is named at the homeserver
   */
  public DeviceImport(UserDevice device, Account account) {
    this.device = device;
    this.account = account;
  }

  /**
   * Adds an Olm session, which stays the caller's to close. One with the same id replaces it.
   *
   * @param peer the identity key of the other device
   * @param lastUsed when it last decrypted a message, or a guess: among several with {@code peer}
   *     the latest one is used to send
   */
  public DeviceImport session(Curve25519PublicKey peer, Session session, Instant lastUsed) {
    OlmSession imported = new OlmSession(peer, session, lastUsed, lastUsed);
    sessions.put(imported.key(), imported);
    return this;
  }

  /**
   * Writes all of it in one transaction.
   *
   * @param key what the machine will seal with; stays the caller's
   * @param random where salts and IVs come from
   * @throws IllegalStateException if the store has a device already; it is unchanged
   * @throws CryptoStoreException if the store failed; it is unchanged
   */
  public void writeTo(CryptoStore store, StateKey key, RandomSource random)
      throws CryptoStoreException {
    Optional<StoredAccount> there = store.account();
    if (there.isPresent()) { // STORE-IMPORT
      throw new IllegalStateException(
          "the store has the device " + there.get().device() + ": import into a new one");
    }
    RatchetSeal seal = new RatchetSeal(key, random);
    Changes.Builder changes = Changes.builder();
    changes.account(
        new StoredAccount(device, seal.seal(account), false, Optional.empty(), Optional.empty()));
    sessions.values().forEach(session -> changes.session(session.toStored(seal)));
    store.write(changes.build());
  }
}

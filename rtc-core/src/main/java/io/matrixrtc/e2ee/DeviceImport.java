package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.StateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A device that another implementation has run so far, on its way into an empty store, from which
 * {@link OlmMachine#open} goes on with it: the others need not notice. The account and its sessions
 * come from {@link io.matrixrtc.olm.VodozemacPickle} and {@link io.matrixrtc.olm.LibolmPickle};
 * room keys come as a key file or a backup, as on every new device.
 *
 * <p>The other implementation must not run again: two programs with one ratchet use the same
 * message key twice. Device lists and trust are not brought along: the machine asks for the lists,
 * and uploads its device keys once more. One-time keys are added when the first sync has told how
 * many the homeserver has; the fallback key counts as made, and as published if it was, when the
 * machine first asks for its requests.
 *
 * <p>Sessions are bounded as all are: with one identity key the ten last used are kept (SESS-KEEP).
 * Until a list shows a device with it, an identity key is a stranger's, which goes before others
 * when too many are there (SESS-STRANGERS).
 *
 * <p>For one thread.
 */
public final class DeviceImport {
  private final UserDevice device;
  private final Account account;
  private final Map<Curve25519PublicKey, List<Imported>> sessions = new LinkedHashMap<>();
  private long added;

  /**
   * A session; it counts as made long ago, in the order of the calls, so that it may be replaced at
   * once when it turns out to be broken (SESS-UNWEDGE).
   */
  private record Imported(Session ratchet, Instant createdAt, Instant lastUsed) {
    static final Comparator<Imported> BEST_LAST =
        Comparator.comparing(Imported::lastUsed).thenComparing(Imported::createdAt);
  }

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
   *     the latest one is used to send, and among equal ones the one that was added last
   * @throws IllegalArgumentException if it is of another configuration than Matrix uses ({@link
   *     SessionConfig#V1}): no message of the other device would ever open
   */
  public DeviceImport session(Curve25519PublicKey peer, Session session, Instant lastUsed) {
    if (session.config() != SessionConfig.V1) { // STORE-IMPORT
      throw new IllegalArgumentException(
          session + " is of configuration " + session.config().number() + ", which Matrix has not");
    }
    List<Imported> withPeer = sessions.computeIfAbsent(peer, p -> new ArrayList<>());
    withPeer.removeIf(known -> known.ratchet().sessionId().equals(session.sessionId()));
    withPeer.add(new Imported(session, Instant.EPOCH.plusMillis(added++), lastUsed));
    if (withPeer.size() > OlmSessions.MAX_PER_DEVICE) { // SESS-KEEP
      withPeer.stream().min(Imported.BEST_LAST).ifPresent(withPeer::remove);
    }
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
    UnitOfWork work = new UnitOfWork();
    work.changes()
        .account(
            new StoredAccount(
                device, seal.seal(account), false, Optional.empty(), Optional.empty()));
    sessions.forEach(
        (peer, withPeer) ->
            withPeer.forEach(
                session -> work.changes().session(stored(peer, session).toStored(seal))));
    StrangerSessions.onImport(new RoomRows(store, seal.rows(), work), peersLeastUsedFirst());
    store.write(work.changes().build());
  }

  private static OlmSession stored(Curve25519PublicKey peer, Imported session) {
    return new OlmSession(peer, session.ratchet(), session.createdAt(), session.lastUsed());
  }

  private List<Curve25519PublicKey> peersLeastUsedFirst() {
    Map<Curve25519PublicKey, Imported> best = new LinkedHashMap<>();
    sessions.forEach(
        (peer, withPeer) ->
            withPeer.stream()
                .max(Imported.BEST_LAST)
                .ifPresent(session -> best.put(peer, session)));
    return best.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Imported.BEST_LAST))
        .map(Map.Entry::getKey)
        .toList();
  }
}

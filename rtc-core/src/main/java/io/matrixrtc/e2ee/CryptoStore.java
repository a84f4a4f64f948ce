package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the Olm machine keeps what must outlive the process. Holds one device. Private keys and
 * ratchets reach it sealed. Used by one machine, from one thread at a time.
 */
public interface CryptoStore extends RoomKeyStore, InboxStore, AutoCloseable {
  /** How many hashes of decrypted messages are kept; the oldest go first. */
  int MAX_MESSAGE_HASHES = 10_000;

  /**
   * How many removed devices are remembered about which our user decided nothing; the oldest go
   * first (DEV-TOMBSTONES). Those that were verified or blocked are remembered for ever: there are
   * as many as our user decided about.
   */
  int MAX_REMOVED_DEVICES = 10_000;

  /** Our own device, once there is one. */
  Optional<StoredAccount> account() throws CryptoStoreException;

  /** A secret of our own user, or what is under way about secrets, by the machine's name for it. */
  Optional<Sealed> ownSecret(String name) throws CryptoStoreException;

  /** The sessions with one identity key, in the order in which they were first written. */
  List<StoredSession> sessions(Curve25519PublicKey peer) throws CryptoStoreException;

  /** The devices of one user, by device id. */
  Map<String, Device> devices(String userId) throws CryptoStoreException;

  /**
   * A device that was removed and not put back since, as it was last written: should the homeserver
   * list it again, its keys and what our user decided about it still count.
   */
  Optional<Device> removedDevice(UserDevice device) throws CryptoStoreException;

  /** The cross-signing identity of one user, as last accepted. */
  Optional<UserIdentity> identity(String userId) throws CryptoStoreException;

  /** All identities, our own user's included. Needed only when our own one changes. */
  Collection<UserIdentity> identities() throws CryptoStoreException;

  /** The users whose device lists are followed, each with whether the list is outdated. */
  Map<String, Boolean> trackedUsers() throws CryptoStoreException;

  /** Whether {@code hash} is among the newest {@value #MAX_MESSAGE_HASHES}. */
  boolean hasMessageHash(String hash) throws CryptoStoreException;

  /** The token that the next sync starts from, once there was a sync. */
  Optional<String> syncToken() throws CryptoStoreException;

  /** The rows that {@link #write(Changes, RowChanges)} was given as {@code extra}. */
  StoredRows extraRows();

  /**
   * Writes everything or nothing. When it returns, what was written survives a crash, as far as the
   * store survives one at all.
   *
   * @param extra rows of a module beside the machine, which {@link #extraRows} gives
   */
  void write(Changes changes, RowChanges extra) throws CryptoStoreException;

  /**
   * As {@link #write(Changes, RowChanges)}, of what can be had again elsewhere: a crash of the
   * system may undo the last ones of these, each as a whole. A crash of the process does not, nor
   * is anything undone that was written before another {@code write} returned (STORE-BULK).
   */
  default void writeBulk(Changes changes, RowChanges extra) throws CryptoStoreException {
    write(changes, extra);
  }

  /** As {@link #write(Changes, RowChanges)}, with no other rows. */
  default void write(Changes changes) throws CryptoStoreException {
    write(changes, RowChanges.none());
  }

  /**
   * Deletes everything that the store holds, for good, in one transaction; it is then as new. For a
   * device that was logged out.
   */
  void erase() throws CryptoStoreException;

  @Override
  void close();
}

package io.matrixrtc.e2ee;

import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the Olm sessions with identity keys that no listed device has. Anyone can invent such a
 * key and start a session with it, and a homeserver can invent the users, too; so of strangers only
 * the last ones are kept, of each user and of all (SESS-STRANGERS). A key stops being a stranger's
 * when a device is listed with it, or when its session is used with a listed device, and is one
 * again when the device is listed no more, or with another key.
 *
 * <p>The keys of an import are strangers' of no user, which came before all others.
 */
final class StrangerSessions {
  /** With as many strangers' keys sessions are kept; the one that came first goes. */
  static final int MAX_KEYS = 1_000;

  /** Of these, as many are of one user, so that a user alone pushes out nobody else. */
  static final int MAX_KEYS_PER_USER = 50;

  private static final Logger LOG = LoggerFactory.getLogger(StrangerSessions.class);
  private static final String KIND = "Olm stranger";
  private static final String NUMBER = "number";

  private final RoomRows rows;
  private final DeviceDirectory directory;
  private final OlmSessions sessions;
  private final Map<Curve25519PublicKey, String> users = new LinkedHashMap<>(); // first come first
  private long lastNumber;

  StrangerSessions(RoomRows rows, DeviceDirectory directory, OlmSessions sessions)
      throws CryptoStoreException {
    this.rows = rows;
    this.directory = directory;
    this.sessions = sessions;
    record Stored(RowKey key, long number) {}
    List<Stored> stored = new ArrayList<>();
    rows.of(KIND, MAX_KEYS)
        .forEach((key, row) -> stored.add(new Stored(key, row.path(NUMBER).asLong())));
    stored.sort(Comparator.comparingLong(Stored::number));
    for (Stored row : stored) {
      users.put(key(row.key()), row.key().scope());
      lastNumber = row.number();
    }
  }

  /**
   * Takes the keys that an import brings, of devices that no list has shown yet. What is beyond the
   * bound is not counted, so that nothing is dropped that was just brought.
   *
   * @param keys those used longest ago first
   */
  static void onImport(RoomRows rows, List<Curve25519PublicKey> keys) {
    long number = 0;
    for (Curve25519PublicKey key : keys.subList(0, Math.min(MAX_KEYS, keys.size()))) {
      rows.put(row("", key), Json.newObject().put(NUMBER, ++number)); // SESS-STRANGERS
    }
  }

  private static Curve25519PublicKey key(RowKey row) throws CryptoStoreException {
    try {
      return Curve25519PublicKey.fromBase64(row.name());
    } catch (KeyFormatException e) {
      throw new CryptoStoreException.Unreadable(row.kind(), e);
    }
  }

  private static RowKey row(String userId, Curve25519PublicKey key) {
    return new RowKey(KIND, userId, key.toBase64());
  }

  /** A message started the first session with its identity key. */
  void onFirstSession(SenderKey from) throws CryptoStoreException {
    if (directory.find(from.userId(), from.key()).isEmpty()) {
      add(from);
    }
  }

  /** A device that had this identity key is not listed any more, or with another key. */
  void onUnlisted(SenderKey former) throws CryptoStoreException {
    if (!users.containsKey(former.key())
        && directory.find(former.userId(), former.key()).isEmpty()
        && !sessions.with(former.key()).isEmpty()) {
      add(former);
    }
  }

  /** A message came over a session with this key. */
  void onReceived(SenderKey from) throws CryptoStoreException {
    if (users.containsKey(from.key()) && directory.find(from.userId(), from.key()).isPresent()) {
      onKnown(from.key());
    }
  }

  /** A listed device has this key. */
  void onKnown(Curve25519PublicKey key) {
    String user = users.remove(key);
    if (user != null) {
      rows.forget(row(user, key));
    }
  }

  private void add(SenderKey stranger) throws CryptoStoreException {
    users.put(stranger.key(), stranger.userId());
    rows.put(row(stranger.userId(), stranger.key()), Json.newObject().put(NUMBER, ++lastNumber));
    long ofUser = users.values().stream().filter(stranger.userId()::equals).count();
    if (ofUser > MAX_KEYS_PER_USER) { // SESS-STRANGERS
      drop(first(stranger.userId()));
    } else if (users.size() > MAX_KEYS) {
      drop(users.keySet().iterator().next());
    }
  }

  private Curve25519PublicKey first(String userId) {
    return users.entrySet().stream()
        .filter(entry -> entry.getValue().equals(userId))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private void drop(Curve25519PublicKey key) throws CryptoStoreException {
    LOG.debug("dropped the sessions with {}, which no listed device has", key);
    onKnown(key); // there is nothing left to bound
    sessions.drop(key);
  }
}

package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.NormalMessage;
import io.matrixrtc.olm.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Olm sessions with all devices, by identity key. Loaded from the store when first needed. */
final class OlmSessions {
  /** As many sessions are kept with one device; the one unused for longest goes (SESS-KEEP). */
  static final int MAX_PER_DEVICE = 10;

  /** Sessions of as many devices stay in memory between operations. */
  static final int MAX_DEVICES_IN_MEMORY = 5_000;

  /** The spec's choice: whichever last received a message, then the newer one (SESS-CHOICE). */
  private static final Comparator<OlmSession> BEST_LAST =
      Comparator.comparing(OlmSession::lastReceivedAt).thenComparing(OlmSession::createdAt);

  private final CryptoStore store;
  private final RatchetSeal seal;
  private final UnitOfWork work;
  private final Map<Curve25519PublicKey, List<OlmSession>> loaded =
      new LinkedHashMap<>(16, 0.75f, true);

  OlmSessions(CryptoStore store, RatchetSeal seal, UnitOfWork work) {
    this.store = store;
    this.seal = seal;
    this.work = work;
  }

  /** The sessions with {@code peer}, oldest first. */
  List<OlmSession> with(Curve25519PublicKey peer) throws CryptoStoreException {
    List<OlmSession> sessions = loaded.get(peer);
    if (sessions == null) {
      sessions = new ArrayList<>();
      for (StoredSession stored : store.sessions(peer)) {
        sessions.add(
            new OlmSession(
                peer, seal.openSession(stored), stored.createdAt(), stored.lastReceivedAt()));
      }
      loaded.put(peer, sessions);
    }
    return sessions;
  }

  /**
   * The sessions with {@code peer} in the order in which to try {@code message}: first those that
   * know its ratchet key, as a failed attempt of the others costs an agreement (SESS-TRY).
   */
  List<OlmSession> toTry(Curve25519PublicKey peer, NormalMessage message)
      throws CryptoStoreException {
    List<OlmSession> sessions = with(peer);
    if (sessions.size() < 2) {
      return sessions;
    }
    List<OlmSession> ordered = new ArrayList<>(sessions);
    ordered.sort(Comparator.comparing(session -> !session.knowsRatchetKeyOf(message)));
    return ordered;
  }

  /** The session that encrypts for {@code peer}. */
  Optional<OlmSession> best(Curve25519PublicKey peer) throws CryptoStoreException {
    return with(peer).stream().max(BEST_LAST);
  }

  /** When the newest session with {@code peer} was started. */
  Optional<Instant> newestCreation(Curve25519PublicKey peer) throws CryptoStoreException {
    return with(peer).stream().map(OlmSession::createdAt).max(Instant::compareTo);
  }

  Optional<OlmSession> find(Curve25519PublicKey peer, String sessionId)
      throws CryptoStoreException {
    return with(peer).stream()
        .filter(session -> session.key().sessionId().equals(sessionId))
        .findFirst();
  }

  /** Keeps a new session, which it takes over. */
  OlmSession add(Curve25519PublicKey peer, Session ratchet, Instant now)
      throws CryptoStoreException {
    List<OlmSession> sessions = with(peer);
    OlmSession added = new OlmSession(peer, ratchet, now, now);
    sessions.add(added);
    work.sessionChanged(added);
    while (sessions.size() > MAX_PER_DEVICE) {
      OlmSession oldest =
          sessions.stream().filter(session -> session != added).min(BEST_LAST).orElseThrow();
      sessions.remove(oldest);
      work.sessionRemoved(oldest);
      oldest.close();
    }
    return added;
  }

  /** Forgets all sessions with {@code peer}. */
  void drop(Curve25519PublicKey peer) throws CryptoStoreException {
    for (OlmSession session : with(peer)) {
      work.sessionRemoved(session);
      session.close();
    }
    loaded.remove(peer);
  }

  /** Notes that a ratchet has moved. */
  void changed(OlmSession session) {
    work.sessionChanged(session);
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    Iterator<List<OlmSession>> eldest = loaded.values().iterator();
    while (loaded.size() > MAX_DEVICES_IN_MEMORY && eldest.hasNext()) {
      eldest.next().forEach(OlmSession::close);
      eldest.remove();
    }
  }

  void close() {
    loaded.values().forEach(sessions -> sessions.forEach(OlmSession::close));
    loaded.clear();
  }
}

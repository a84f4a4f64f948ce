package io.matrixrtc.e2ee;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The room keys of events that were refused because their sender was trusted too little. They are
 * held as any other key; should the sender be trusted more later, the events are worth another try
 * (ROOM-TRUST-LATER). Remembered while the machine is open; the oldest go first.
 */
final class UntrustedRoomKeys {
  /** As many refusals are remembered. */
  static final int MAX_REFUSALS = 1_000;

  private final Set<Refusal> refusals = new LinkedHashSet<>();

  /** Events of one key were refused, as of one sender, by one policy. */
  record Refusal(RoomKeyId key, String sender, TrustPolicy policy) {}

  /** Judges again. */
  @FunctionalInterface
  interface Judge {
    boolean isTrusted(Refusal refusal) throws CryptoStoreException;
  }

  void add(Refusal refusal) {
    refusals.remove(refusal); // a repeated one counts as new
    refusals.add(refusal);
    if (refusals.size() > MAX_REFUSALS) {
      Iterator<Refusal> oldest = refusals.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Returns the keys whose events are trusted by now, each once. */
  List<RoomKeyId> takeTrusted(Judge judge) throws CryptoStoreException {
    List<RoomKeyId> trusted = new ArrayList<>();
    for (Iterator<Refusal> next = refusals.iterator(); next.hasNext(); ) {
      Refusal refusal = next.next();
      if (judge.isTrusted(refusal)) {
        trusted.add(refusal.key());
        next.remove();
      }
    }
    return trusted;
  }
}

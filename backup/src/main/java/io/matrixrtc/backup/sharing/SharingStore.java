package io.matrixrtc.backup.sharing;

import java.util.List;
import java.util.Optional;

/**
 * Where notes and offers are kept; each method is durable when it returns. Offers hold secrets: the
 * store seals them. At most {@link #MAX_OFFERS} offers are kept, the oldest go first.
 */
public interface SharingStore {
  /** Most offers that are kept. */
  int MAX_OFFERS = 1_000;

  /** All notes. */
  List<InviteNote> notes();

  /** Adds a note or replaces the room's. */
  void saveNote(InviteNote note);

  /** Forgets the room's note. */
  void clearNote(String roomId);

  /** The newest offer of a sender for a room. */
  Optional<BundleEvent> offer(String roomId, String sender);

  /** Adds an offer or replaces the one of that sender and room. */
  void saveOffer(String sender, BundleEvent offer);
}

package io.matrixrtc.backup.sharing;

import io.matrixrtc.backup.roomkey.VaultException;
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
  List<InviteNote> notes() throws VaultException;

  /** Adds a note or replaces the room's. */
  void saveNote(InviteNote note) throws VaultException;

  /** Forgets the room's note. */
  void clearNote(String roomId) throws VaultException;

  /** The newest offer of a sender for a room. */
  Optional<BundleOffer> offer(String roomId, String sender) throws VaultException;

  /** Adds an offer or replaces the one of that sender and room. */
  void saveOffer(BundleOffer offer) throws VaultException;

  /** Forgets the offer of a sender for a room. */
  void clearOffer(String roomId, String sender) throws VaultException;
}

package io.matrixrtc.backup.sharing;

import io.matrixrtc.backup.roomkey.VaultException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which bundles that are offered to us are fetched. Decides only: events and the time in,
 * rooms to process out. Not thread-safe.
 *
 * <p>A bundle is fetched only if this device accepted the invite, the inviter offers it, that is no
 * more than a day ago, and we are still in the room (BUNDLE-ACCEPT). Offer and join may come in
 * either order, and both survive a restart (BUNDLE-DURABLE).
 */
public final class BundleInbox {
  /** How processing ended. */
  public enum Outcome {
    /** Imported. */
    IMPORTED,
    /** It will never work: gone from the server, malformed, or its sender is not acceptable. */
    HOPELESS,
    /** It may work later. */
    FAILED
  }

  private final SharingStore store;

  /** Continues with what {@code store} holds. */
  public BundleInbox(SharingStore store) {
    this.store = store;
  }

  /**
   * We accept an invite. Call it before the join is sent, or with it.
   *
   * @return the offer to process: fetch it, ask afresh who its sender is, and import it if {@link
   *     BundleSender#isAcceptable}
   */
  public Optional<BundleOffer> accepted(String roomId, String inviter, Instant now)
      throws VaultException {
    InviteNote note = new InviteNote(roomId, inviter, now);
    store.saveNote(note);
    return process(note, now);
  }

  /** We left the room, knocked, or were removed: what was noted no longer counts. */
  public void left(String roomId) throws VaultException {
    store.clearNote(roomId);
  }

  /**
   * An offer arrived over Olm, with the sender's signed device keys, which were checked to be those
   * of the Olm sender.
   *
   * @return the offer, if it is to be processed, as with {@link #accepted}
   */
  public Optional<BundleOffer> offered(BundleOffer offer, boolean joined, Instant now)
      throws VaultException {
    store.saveOffer(offer);
    Optional<InviteNote> note = note(offer.roomId());
    return joined && note.isPresent() ? process(note.get(), now) : Optional.empty();
  }

  /** Whether a bundle of this room would be welcome, if we are in it and its inviter offers it. */
  public boolean isAwaited(String roomId) throws VaultException {
    return note(roomId).isPresent();
  }

  /** The rooms of which a bundle would be welcome. */
  public List<String> awaited() throws VaultException {
    return store.notes().stream().map(InviteNote::roomId).toList();
  }

  private Optional<InviteNote> note(String roomId) throws VaultException {
    return store.notes().stream().filter(note -> note.roomId().equals(roomId)).findFirst();
  }

  /** The program started: takes up what was not finished, and forgets what is too old. */
  public List<BundleOffer> started(Predicate<String> isJoined, Instant now) throws VaultException {
    List<BundleOffer> unfinished = new ArrayList<>();
    for (InviteNote note : store.notes()) {
      if (!note.isFresh(now) || !isJoined.test(note.roomId())) {
        store.clearNote(note.roomId());
      } else {
        process(note, now).ifPresent(unfinished::add);
      }
    }
    return unfinished;
  }

  /** Processing ended; only a failure that may pass keeps note and offer, for the next start. */
  public void processed(BundleOffer offer, Outcome outcome) throws VaultException {
    if (outcome != Outcome.FAILED) {
      store.clearNote(offer.roomId());
      store.clearOffer(offer.roomId(), offer.sender());
    }
  }

  private Optional<BundleOffer> process(InviteNote note, Instant now) throws VaultException {
    return note.isFresh(now) ? store.offer(note.roomId(), note.inviter()) : Optional.empty();
  }
}

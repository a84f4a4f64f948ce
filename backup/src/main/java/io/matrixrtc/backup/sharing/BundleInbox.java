package io.matrixrtc.backup.sharing;

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

  /**
   * Fetch this, ask afresh who the sender is, and import if {@link BundleSender#isAcceptable}.
   *
   * @param sender who offers it, to be shown with the messages that it opens
   * @param offer the bundle
   */
  public record Process(String sender, BundleEvent offer) {}

  private final SharingStore store;

  /** Continues with what {@code store} holds. */
  public BundleInbox(SharingStore store) {
    this.store = store;
  }

  /** We accepted an invite. Call it before the join is sent, or with it. */
  public Optional<Process> accepted(String roomId, String inviter, Instant now) {
    InviteNote note = new InviteNote(roomId, inviter, now);
    store.saveNote(note);
    return process(note, now);
  }

  /** We left the room, knocked, or were removed: what was noted no longer counts. */
  public void left(String roomId) {
    store.clearNote(roomId);
  }

  /**
   * An offer arrived over Olm, with the sender's signed device keys, which were checked to be those
   * of the Olm sender.
   */
  public Optional<Process> offered(String sender, BundleEvent offer, boolean joined, Instant now) {
    store.saveOffer(sender, offer);
    return store.notes().stream()
        .filter(note -> note.roomId().equals(offer.roomId()))
        .filter(note -> joined)
        .findFirst()
        .flatMap(note -> process(note, now));
  }

  /** The program started: takes up what was not finished, and forgets what is too old. */
  public List<Process> started(Predicate<String> isJoined, Instant now) {
    List<Process> unfinished = new ArrayList<>();
    for (InviteNote note : store.notes()) {
      if (!note.isFresh(now) || !isJoined.test(note.roomId())) {
        store.clearNote(note.roomId());
      } else {
        process(note, now).ifPresent(unfinished::add);
      }
    }
    return unfinished;
  }

  /** Processing ended; only a failure that may pass keeps the note, for the next start. */
  public void processed(String roomId, Outcome outcome) {
    if (outcome != Outcome.FAILED) {
      store.clearNote(roomId);
    }
  }

  private Optional<Process> process(InviteNote note, Instant now) {
    return note.isFresh(now)
        ? store
            .offer(note.roomId(), note.inviter())
            .map(offer -> new Process(note.inviter(), offer))
        : Optional.empty();
  }
}

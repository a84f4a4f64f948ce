package io.matrixrtc.backup.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.sharing.BundleInbox.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BundleInboxTest {
  private static final String ROOM = "!room:example.org";
  private static final String INVITER = "@bob:example.org";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static final class MemoryStore implements SharingStore {
    private final Map<String, InviteNote> notes = new HashMap<>();
    private final Map<String, BundleOffer> offers = new HashMap<>();

    @Override
    public List<InviteNote> notes() {
      return new ArrayList<>(notes.values());
    }

    @Override
    public void saveNote(InviteNote note) {
      notes.put(note.roomId(), note);
    }

    @Override
    public void clearNote(String roomId) {
      notes.remove(roomId);
    }

    @Override
    public Optional<BundleOffer> offer(String roomId, String sender) {
      return Optional.ofNullable(offers.get(roomId + sender));
    }

    @Override
    public void saveOffer(BundleOffer offer) {
      offers.put(offer.roomId() + offer.sender(), offer);
    }

    @Override
    public void clearOffer(String roomId, String sender) {
      offers.remove(roomId + sender);
    }
  }

  private final MemoryStore store = new MemoryStore();
  private final BundleInbox inbox = new BundleInbox(store);
  private final BundleOffer offer =
      new BundleOffer(
          INVITER,
          "BOBDEVICE",
          true,
          new BundleEvent(
              ROOM, EncryptedFile.encrypt(new byte[1], TestRandom.of(1)).at("mxc://a/b")));

  @Test
  void bundleAcceptAfterTheJoin_C71() throws Exception {
    assertThat(inbox.accepted(ROOM, INVITER, NOW)).isEmpty();
    assertThat(inbox.offered(offer, true, NOW.plusSeconds(5))).contains(offer);
    assertThat(inbox.isAwaited(ROOM)).isTrue();
    inbox.processed(offer, Outcome.IMPORTED);
    assertThat(store.notes()).isEmpty();
    assertThat(store.offer(ROOM, INVITER)).isEmpty();
    assertThat(inbox.isAwaited(ROOM)).isFalse();
  }

  @Test
  void bundleAcceptBeforeTheJoin_C72() throws Exception {
    assertThat(inbox.offered(offer, false, NOW)).isEmpty();
    assertThat(inbox.accepted(ROOM, INVITER, NOW.plusSeconds(5))).contains(offer);
  }

  @Test
  void bundleAcceptOnlyWithinADay_C73() throws Exception {
    inbox.accepted(ROOM, INVITER, NOW);
    Instant edge = NOW.plus(Duration.ofHours(24));
    assertThat(inbox.offered(offer, true, edge)).isEmpty();
    assertThat(inbox.offered(offer, true, edge.minusNanos(1))).isPresent();
  }

  @Test
  void bundleAcceptNotAfterLeaving_C74() throws Exception {
    inbox.accepted(ROOM, INVITER, NOW);
    inbox.left(ROOM);
    assertThat(inbox.offered(offer, true, NOW)).isEmpty();
    assertThat(inbox.accepted(ROOM, INVITER, NOW)).isPresent();
  }

  @Test
  void bundleAcceptOnlyFromTheInviterOnThisDevice_C87() throws Exception {
    assertThat(inbox.offered(offer, true, NOW)).isEmpty(); // another device accepted
    inbox.accepted(ROOM, "@carol:example.org", NOW);
    assertThat(inbox.offered(offer, true, NOW)).isEmpty();
    assertThat(inbox.accepted(ROOM, INVITER, NOW)).isPresent();
    assertThat(inbox.offered(offer, false, NOW)).isEmpty(); // not in the room now
  }

  @Test
  void bundleDurableAcrossRestarts_C76_C79() throws Exception {
    inbox.accepted(ROOM, INVITER, NOW);
    inbox.offered(offer, true, NOW);
    BundleInbox restarted = new BundleInbox(store);
    assertThat(restarted.started(room -> true, NOW.plusSeconds(9))).containsExactly(offer);
    restarted.processed(offer, Outcome.FAILED);
    assertThat(restarted.started(room -> true, NOW.plusSeconds(9))).hasSize(1);
    restarted.processed(offer, Outcome.HOPELESS);
    assertThat(restarted.started(room -> true, NOW.plusSeconds(9))).isEmpty();
  }

  @Test
  void startingForgetsOldNotesAndRoomsThatWeLeft() throws Exception {
    inbox.accepted(ROOM, INVITER, NOW);
    inbox.offered(offer, true, NOW);
    assertThat(inbox.started(room -> true, NOW.plus(Duration.ofHours(24)))).isEmpty();
    assertThat(store.notes()).isEmpty();
    inbox.accepted(ROOM, INVITER, NOW);
    assertThat(inbox.started(room -> false, NOW)).isEmpty();
    assertThat(store.notes()).isEmpty();
  }

  @Test
  void bundleSenderMustBeCrossSignedAndUnchanged_C81_C85() {
    assertThat(new BundleSender(true, false).isAcceptable()).isTrue();
    assertThat(new BundleSender(false, false).isAcceptable()).isFalse();
    assertThat(new BundleSender(true, true).isAcceptable()).isFalse();
  }
}

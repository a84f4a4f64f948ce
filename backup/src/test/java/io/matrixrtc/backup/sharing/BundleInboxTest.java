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
    private final Map<String, BundleEvent> offers = new HashMap<>();

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
    public Optional<BundleEvent> offer(String roomId, String sender) {
      return Optional.ofNullable(offers.get(roomId + sender));
    }

    @Override
    public void saveOffer(String sender, BundleEvent offer) {
      offers.put(offer.roomId() + sender, offer);
    }
  }

  private final MemoryStore store = new MemoryStore();
  private final BundleInbox inbox = new BundleInbox(store);
  private final BundleEvent offer =
      new BundleEvent(ROOM, EncryptedFile.encrypt(new byte[1], TestRandom.of(1)).at("mxc://a/b"));

  @Test
  void bundleAcceptAfterTheJoin_C71() {
    assertThat(inbox.accepted(ROOM, INVITER, NOW)).isEmpty();
    assertThat(inbox.offered(INVITER, offer, true, NOW.plusSeconds(5)))
        .contains(new BundleInbox.Process(INVITER, offer));
    inbox.processed(ROOM, Outcome.IMPORTED);
    assertThat(store.notes()).isEmpty();
  }

  @Test
  void bundleAcceptBeforeTheJoin_C72() {
    assertThat(inbox.offered(INVITER, offer, false, NOW)).isEmpty();
    assertThat(inbox.accepted(ROOM, INVITER, NOW.plusSeconds(5)))
        .contains(new BundleInbox.Process(INVITER, offer));
  }

  @Test
  void bundleAcceptOnlyWithinADay_C73() {
    inbox.accepted(ROOM, INVITER, NOW);
    Instant edge = NOW.plus(Duration.ofHours(24));
    assertThat(inbox.offered(INVITER, offer, true, edge)).isEmpty();
    assertThat(inbox.offered(INVITER, offer, true, edge.minusNanos(1))).isPresent();
  }

  @Test
  void bundleAcceptNotAfterLeaving_C74() {
    inbox.accepted(ROOM, INVITER, NOW);
    inbox.left(ROOM);
    assertThat(inbox.offered(INVITER, offer, true, NOW)).isEmpty();
    assertThat(inbox.accepted(ROOM, INVITER, NOW)).isPresent();
  }

  @Test
  void bundleAcceptOnlyFromTheInviterOnThisDevice_C87() {
    assertThat(inbox.offered(INVITER, offer, true, NOW)).isEmpty(); // another device accepted
    inbox.accepted(ROOM, "@carol:example.org", NOW);
    assertThat(inbox.offered(INVITER, offer, true, NOW)).isEmpty();
    assertThat(inbox.accepted(ROOM, INVITER, NOW)).isPresent();
    assertThat(inbox.offered(INVITER, offer, false, NOW)).isEmpty(); // not in the room now
  }

  @Test
  void bundleDurableAcrossRestarts_C76_C79() {
    inbox.accepted(ROOM, INVITER, NOW);
    inbox.offered(INVITER, offer, true, NOW);
    BundleInbox restarted = new BundleInbox(store);
    assertThat(restarted.started(room -> true, NOW.plusSeconds(9)))
        .containsExactly(new BundleInbox.Process(INVITER, offer));
    restarted.processed(ROOM, Outcome.FAILED);
    assertThat(restarted.started(room -> true, NOW.plusSeconds(9))).hasSize(1);
    restarted.processed(ROOM, Outcome.HOPELESS);
    assertThat(restarted.started(room -> true, NOW.plusSeconds(9))).isEmpty();
  }

  @Test
  void startingForgetsOldNotesAndRoomsThatWeLeft() {
    inbox.accepted(ROOM, INVITER, NOW);
    inbox.offered(INVITER, offer, true, NOW);
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

package io.matrixrtc.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.sharing.BundleEvent;
import io.matrixrtc.backup.sharing.BundleOffer;
import io.matrixrtc.backup.sharing.EncryptedFile;
import io.matrixrtc.backup.sharing.Forwarder;
import io.matrixrtc.backup.sharing.InviteNote;
import io.matrixrtc.backup.sharing.WithheldHistory;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.olm.StateKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArchiveSharingStoreTest {
  private static final String ROOM = "!room:example.org";
  private static final String ALICE = "@alice:example.org";
  private static final Forwarder FORWARDER = new Forwarder(ALICE, "ALICE", Optional.of("master"));

  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OfflineRoomKeys keys;
  private ArchiveSharingStore sharing;
  private SharedHistoryArchive history;

  @BeforeEach
  void open() throws Exception {
    keys = OfflineRoomKeys.open(store, StateKey.copyOf(new byte[StateKey.BYTES]), TestRandom.of(1));
    Archive archive = Archive.of(keys.keys());
    sharing = new ArchiveSharingStore(archive, 3);
    history = new SharedHistoryArchive(archive);
  }

  @AfterEach
  void close() {
    keys.close();
    store.close();
  }

  private static BundleOffer offer(int number) {
    EncryptedFile file =
        EncryptedFile.encrypt(new byte[1], TestRandom.of(number)).at("mxc://a/" + number);
    return new BundleOffer(
        "@user" + number + ":example.org", "DEVICE", true, new BundleEvent(ROOM, file));
  }

  private Optional<BundleOffer> held(int number) throws Exception {
    return sharing.offer(ROOM, offer(number).sender());
  }

  @Test
  void bundleOffersOldestGoesFirst() throws Exception {
    for (int i = 0; i < 3; i++) {
      sharing.saveOffer(offer(i));
    }
    sharing.saveOffer(offer(0)); // again: it is the newest now, and nobody goes
    assertThat(held(1)).isPresent();
    sharing.saveOffer(offer(3)); // one beyond
    assertThat(held(1)).isEmpty();
    assertThat(held(0)).map(BundleOffer::deviceId).contains("DEVICE");
    assertThat(held(0).orElseThrow().event().toJson()).isEqualTo(offer(0).event().toJson());
    assertThat(held(2)).isPresent();
    assertThat(held(3)).isPresent();
    sharing.clearOffer(ROOM, offer(2).sender());
    assertThat(held(2)).isEmpty();
  }

  @Test
  void notesAreKeptByRoom() throws Exception {
    Instant then = Instant.parse("2026-01-01T00:00:00Z");
    sharing.saveNote(new InviteNote(ROOM, "@old:example.org", then));
    sharing.saveNote(new InviteNote(ROOM, ALICE, then.plusSeconds(1)));
    assertThat(sharing.notes()).containsExactly(new InviteNote(ROOM, ALICE, then.plusSeconds(1)));
    sharing.clearNote(ROOM);
    assertThat(sharing.notes()).isEmpty();
  }

  @Test
  void bundleForwarderIsOfKeysThatWereNotHeldBefore() throws Exception {
    try (ExportedRoomKey first = TestKeys.roomKey(ROOM, 1, 0, true);
        ExportedRoomKey second = TestKeys.roomKey(ROOM, 2, 0, true);
        ExportedRoomKey elsewhere = TestKeys.roomKey("!zoom:example.org", 3, 0, true)) {
      history.merge(List.of(first, elsewhere), FORWARDER);
      Forwarder later = new Forwarder("@bob:example.org", "BOB", Optional.empty());
      assertThat(history.merge(List.of(first, second), later).imported()).isOne();
      assertThat(history.forwarder(first.id())).contains(FORWARDER);
      assertThat(history.forwarder(second.id())).contains(later);
      List<ExportedRoomKey> ofRoom = history.keysOf(ROOM);
      assertThat(ofRoom)
          .extracting(ExportedRoomKey::id)
          .containsExactlyInAnyOrder(first.id(), second.id());
      ofRoom.forEach(ExportedRoomKey::close);
    }
  }

  @Test
  void withheldIsForgottenOnceTheKeyIsHere() throws Exception {
    try (ExportedRoomKey key = TestKeys.roomKey(ROOM, 1, 0, true)) {
      WithheldHistory note = new WithheldHistory(key.id(), "sender", Optional.of("DEVICE"));
      history.saveWithheld(List.of(note));
      assertThat(history.withheld(key.id())).contains(note);
      assertThat(history.withheldOf(ROOM)).containsExactly(note);
      assertThat(history.withheldOf("!other:example.org")).isEmpty();
      history.merge(List.of(key), FORWARDER);
      assertThat(history.withheld(key.id())).isEmpty();
      history.saveWithheld(List.of(note)); // it is held
      assertThat(history.withheldOf(ROOM)).isEmpty();
    }
  }
}

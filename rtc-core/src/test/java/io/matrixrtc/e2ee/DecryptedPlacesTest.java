package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.e2ee.RoomKeyChanges.MessageIndex;
import org.junit.jupiter.api.Test;

/** Copies are noticed in whatever order, also when their session left memory. */
class DecryptedPlacesTest {
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private final UnitOfWork work = new UnitOfWork();
  private final DecryptedPlaces places = new DecryptedPlaces(store, work);

  private static MessageIndex place(int session, long index) {
    return new MessageIndex(new RoomKeyId("!r:x", "s" + session), index);
  }

  private void write() {
    store.write(work.drainRoomKeys(), RowChanges.none());
    places.trim();
  }

  private void assertKnown(DecryptedPlaces by, int session, long index) throws Exception {
    assertThat(by.find(place(session, index))).contains("$" + session + "." + index);
  }

  private void add(int session, long index) throws Exception {
    assertThat(places.find(place(session, index))).isEmpty();
    places.add(place(session, index), "$" + session + "." + index);
    assertKnown(places, session, index);
  }

  @Test
  void roomReplayInAnyOrder() throws Exception {
    for (long index : new long[] {5, 3, 4, 7}) {
      add(0, index);
    }
    write();
    for (long index : new long[] {5, 3, 4, 7}) {
      assertKnown(places, 0, index);
      assertKnown(new DecryptedPlaces(store, work), 0, index); // after a restart
    }
    add(0, 6);
    add(0, 8);
    write();
    assertKnown(places, 0, 6);
    assertKnown(places, 0, 8);
  }

  @Test
  void roomReplayAlsoOfSessionsThatLeftMemory() throws Exception {
    for (int session = 0; session < DecryptedPlaces.MAX_IN_MEMORY + 1; session++) {
      add(session, 5);
    }
    assertKnown(places, 0, 5); // not written yet
    write();
    for (int session = 0; session < DecryptedPlaces.MAX_IN_MEMORY + 1; session++) {
      assertKnown(places, session, 5);
      add(session, 6);
      add(session, 4);
    }
    write();
    assertKnown(places, 0, 6);
    assertKnown(places, 0, 4);
    assertKnown(places, DecryptedPlaces.MAX_IN_MEMORY, 6);
  }
}

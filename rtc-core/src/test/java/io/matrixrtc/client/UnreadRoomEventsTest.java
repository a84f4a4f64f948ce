package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomDecryptionFailure;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept of events that could not be read. */
class UnreadRoomEventsTest {
  private static final RoomKeyId KEY = new RoomKeyId("!r:x", "s");
  private static final RoomDecryptionFailure MISSING =
      new RoomDecryptionFailure.MissingRoomKey(KEY, Optional.empty());

  private final UnreadRoomEvents unread = new UnreadRoomEvents();

  private static ObjectNode event(int number) {
    return Json.newObject().put("event_id", "$" + number);
  }

  @Test
  void roomsRetryTheBoundAndOneBeyond() {
    for (int i = 0; i < UnreadRoomEvents.MAX_EVENTS; i++) {
      unread.add("!r:x", event(i), MISSING);
    }
    unread.add("!r:x", event(UnreadRoomEvents.MAX_EVENTS), MISSING);
    List<UnreadRoomEvents.Waiting> taken = unread.take(Set.of(KEY));
    assertThat(taken).hasSize(UnreadRoomEvents.MAX_EVENTS);
    assertThat(taken.get(0).event()).as("the oldest went").isEqualTo(event(1));
    assertThat(unread.take(Set.of(KEY))).as("once").isEmpty();
  }

  @Test
  void roomsRetryAnEventWhoseSenderMayBeTrustedLater() {
    ObjectNode event = event(1);
    event.putObject("content").put("session_id", KEY.sessionId());
    unread.add(
        KEY.roomId(),
        event,
        new RoomDecryptionFailure.UntrustedSender(VerificationState.UNSIGNED_DEVICE));
    assertThat(unread.take(Set.of(new RoomKeyId("!r:x", "other")))).isEmpty();
    assertThat(unread.take(Set.of(KEY)))
        .extracting(UnreadRoomEvents.Waiting::event)
        .containsExactly(event);
  }

  @Test
  void onlyWhatAKeyWouldHelpIsKept() {
    RoomKeyId other = new RoomKeyId("!r:x", "other");
    unread.add("!r:x", event(1), new RoomDecryptionFailure.NotAuthentic());
    unread.add("!r:x", event(2), new RoomDecryptionFailure.UnknownIndex(KEY, 5, 1));
    unread.add("!r:x", event(3), new RoomDecryptionFailure.MissingRoomKey(other, Optional.empty()));
    assertThat(unread.take(Set.of(KEY)))
        .extracting(UnreadRoomEvents.Waiting::event)
        .containsExactly(event(2));
  }
}

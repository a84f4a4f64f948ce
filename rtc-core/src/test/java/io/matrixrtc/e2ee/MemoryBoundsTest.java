package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What stays in memory, or is told later: all of it at the bound, and what goes for one more. */
class MemoryBoundsTest {
  private final RoomFixture rooms = new RoomFixture(61);
  private final MachineNetwork network = rooms.network;
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private final RatchetSeal seal = new RatchetSeal(MachineNetwork.key(), network.random());
  private final UnitOfWork work = new UnitOfWork();
  private final RoomRows rows = new RoomRows(store, seal.rows(), work);

  private void write() {
    store.write(work.drainRoomKeys(), RowChanges.none());
  }

  private static Curve25519PublicKey peer(int number) throws Exception {
    return Curve25519PublicKey.of(ByteBuffer.allocate(32).putInt(number + 1).array());
  }

  @Test
  void olmSessionsOfTheDeviceThatWasUnusedForLongestLeaveMemory() throws Exception {
    OlmSessions sessions = new OlmSessions(store, seal, work);
    List<List<OlmSession>> loaded = new ArrayList<>();
    for (int i = 0; i < OlmSessions.MAX_DEVICES_IN_MEMORY; i++) {
      loaded.add(sessions.with(peer(i)));
    }
    sessions.trim();
    assertThat(sessions.with(peer(0))).as("as many stay").isSameAs(loaded.get(0));
    sessions.with(peer(-1));
    sessions.trim();
    assertThat(sessions.with(peer(0))).as("used since").isSameAs(loaded.get(0));
    assertThat(sessions.with(peer(2))).isSameAs(loaded.get(2));
    assertThat(sessions.with(peer(1))).as("one too many").isNotSameAs(loaded.get(1));
  }

  private OutboundRoomSession outbound(String room) {
    return new OutboundRoomSession(
        room,
        GroupSession.generate(SessionConfig.V1, network.random()),
        network.now,
        HistoryVisibility.SHARED,
        TrustPolicy.ALL,
        0,
        false);
  }

  @Test
  void theOutboundSessionThatWasUnusedForLongestLeavesMemoryAndIsReadAgain() throws Exception {
    OutboundRoomSessions sessions = new OutboundRoomSessions(rows, seal);
    List<OutboundRoomSession> made = new ArrayList<>();
    for (int i = 0; i < OutboundRoomSessions.MAX_IN_MEMORY; i++) {
      made.add(outbound("!r" + i + ":x"));
      sessions.replace(made.get(i));
    }
    write();
    sessions.trim();
    assertThat(sessions.find("!r0:x")).as("as many stay").containsSame(made.get(0));
    sessions.replace(outbound("!more:x"));
    write();
    sessions.trim();
    assertThat(sessions.find("!r0:x")).as("used since").containsSame(made.get(0));
    assertThat(sessions.find("!r2:x")).containsSame(made.get(2));
    OutboundRoomSession again = sessions.find("!r1:x").orElseThrow();
    assertThat(again).as("one too many").isNotSameAs(made.get(1));
    assertThat(again.id()).isEqualTo(made.get(1).id());
    assertThat(again.ratchet().encrypt(new byte[0]).index()).isZero();
    assertThatThrownBy(() -> made.get(1).ratchet().encrypt(new byte[0]))
        .as("the one that left is closed")
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void roomDowngradeSettingsThatLeftMemoryStillHold() throws Exception {
    EncryptedRoomList list = new EncryptedRoomList(rows);
    ObjectNode content = RoomFixture.settings().put("rotation_period_msgs", 5);
    List<RoomSettings> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      list.put("!r" + i + ":x", content);
      made.add(list.find("!r" + i + ":x").orElseThrow());
    }
    write();
    for (int i = 3; i < EncryptedRoomList.MAX_IN_MEMORY; i++) {
      assertThat(list.find("!r" + i + ":x")).isEmpty();
    }
    list.trim();
    assertThat(list.find("!r0:x")).as("as many stay").containsSame(made.get(0));
    list.find("!more:x");
    list.trim();
    assertThat(list.find("!r0:x")).as("used since").containsSame(made.get(0));
    assertThat(list.find("!r2:x")).containsSame(made.get(2));
    RoomSettings again = list.find("!r1:x").orElseThrow();
    assertThat(again).as("one too many").isEqualTo(made.get(1)).isNotSameAs(made.get(1));
    assertThat(list.put("!r1:x", RoomFixture.settings()))
        .isEqualTo(RoomSettingsOutcome.REFUSED_CHANGE);
  }

  /** A copy of one session for each of these rooms: what names a key is both. */
  private List<RoomKeyCopy> copies(GroupSession session, int from, int to) {
    List<RoomKeyCopy> copies = new ArrayList<>();
    Curve25519PublicKey sender = Account.generate(network.random()).identityKeys().curve25519();
    try (SessionKey key = session.sessionKey();
        InboundGroupSession inbound = InboundGroupSession.fromSessionKey(key, SessionConfig.V1)) {
      for (int i = from; i < to; i++) {
        copies.add(
            new RoomKeyCopy(
                new RoomKeyId("!r" + i + ":x", session.sessionId()),
                sender,
                Optional.empty(),
                false,
                inbound.exportAtFirstKnownIndex()));
      }
    }
    return copies;
  }

  @Test
  void keysThatArrivedAreBoundedWhetherTheyCameAtOnceOrNot() throws Exception {
    GroupSession session = GroupSession.generate(SessionConfig.V1, network.random());
    RoomKeyId first = new RoomKeyId("!r0:x", session.sessionId());
    RoomKeyId second = new RoomKeyId("!r1:x", session.sessionId());
    List<RoomKeyCopy> copies = copies(session, 0, RoomKeys.MAX_ARRIVED + 1);
    List<RoomKeyCopy> asMany = copies.subList(0, RoomKeys.MAX_ARRIVED);
    List<RoomKeyCopy> oneMore = copies.subList(RoomKeys.MAX_ARRIVED, copies.size());

    OlmMachine machine = network.open("@alice:x", "A");
    merge(machine, asMany);
    assertThat(machine.rooms().takeArrivedKeys()).hasSize(RoomKeys.MAX_ARRIVED).contains(first);

    machine = network.open("@alice:x", "A");
    merge(machine, copies);
    assertThat(machine.rooms().takeArrivedKeys())
        .as("at once")
        .hasSize(RoomKeys.MAX_ARRIVED)
        .contains(second)
        .doesNotContain(first);

    machine = network.open("@alice:x", "A");
    merge(machine, asMany);
    machine.outgoingRequests(network.now); // which collects what arrived
    merge(machine, oneMore);
    assertThat(machine.rooms().takeArrivedKeys())
        .as("one after the others: the oldest goes")
        .hasSize(RoomKeys.MAX_ARRIVED)
        .contains(oneMore.get(0).id())
        .contains(second)
        .doesNotContain(first);
  }

  private static void merge(OlmMachine machine, List<RoomKeyCopy> copies) throws Exception {
    machine.rooms().keys().merge(copies, Optional.empty(), new ExtraWrites());
  }

  @Test
  void aMissingKeyIsToldAgainWhenMoreThanTheBoundAreMissing() throws Exception {
    OlmMachine machine = rooms.open(RoomFixture.ALICE_DEVICE);
    List<String> wanted = new ArrayList<>();
    machine.rooms().missingKeys(key -> wanted.add(key.sessionId()));
    machine.rooms().askOwnDevices(false);
    ObjectNode event =
        new TestRoomSession(RoomFixture.ROOM, network.random()).event("$1", "@bob:x", "x");
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i <= RoomEncryption.MAX_WANTED; i++) {
      ObjectNode other = event.deepCopy();
      ((ObjectNode) other.path("content")).put("session_id", "s" + i);
      events.add(other);
    }
    machine.rooms().decryptAll(RoomFixture.ROOM, events.subList(0, RoomEncryption.MAX_WANTED));
    assertThat(wanted).hasSize(RoomEncryption.MAX_WANTED);
    wanted.clear();
    machine.rooms().decryptAll(RoomFixture.ROOM, events.subList(0, RoomEncryption.MAX_WANTED));
    assertThat(wanted).as("as many are remembered").isEmpty();
    machine.rooms().decrypt(RoomFixture.ROOM, events.get(RoomEncryption.MAX_WANTED));
    machine.rooms().decryptAll(RoomFixture.ROOM, events.subList(1, 3));
    machine.rooms().decryptAll(RoomFixture.ROOM, events.subList(0, 1));
    assertThat(wanted)
        .as("the oldest is not")
        .containsExactly("s" + RoomEncryption.MAX_WANTED, "s0");
  }

  @Test
  void eventsOfKeyRequestsAreBounded() {
    RoomKeyRequestLog log = new RoomKeyRequestLog(RoomFixture.ALICE_DEVICE);
    List<RoomKeyRequestEvent> events = new ArrayList<>();
    for (int i = 0; i <= RoomKeyRequestLog.MAX_EVENTS; i++) {
      events.add(
          new RoomKeyRequestEvent.Forwarded(
              RoomFixture.BOB_DEVICE, new RoomKeyId(RoomFixture.ROOM, "s" + i)));
    }
    events.subList(0, RoomKeyRequestLog.MAX_EVENTS).forEach(log::add);
    assertThat(log.take()).isEqualTo(events.subList(0, RoomKeyRequestLog.MAX_EVENTS));
    events.forEach(log::add);
    assertThat(log.take()).as("the oldest goes").isEqualTo(events.subList(1, events.size()));
    assertThat(log.take()).isEmpty();
  }
}

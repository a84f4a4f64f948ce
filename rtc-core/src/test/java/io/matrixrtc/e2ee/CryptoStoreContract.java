package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.IdentityKeys;
import io.matrixrtc.olm.RandomSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every store must do. */
interface CryptoStoreContract {
  Instant T0 = Instant.parse("2026-03-01T12:00:00.123Z");

  /** A new, empty store. */
  CryptoStore open() throws Exception;

  private static Account account(long seed) {
    Random random = new Random(seed);
    RandomSource source = random::nextBytes;
    return Account.generate(source);
  }

  private static Curve25519PublicKey peer(long seed) {
    return account(seed).identityKeys().curve25519();
  }

  private static Device device(String user, String id, long seed) throws Exception {
    OwnDevice own = new OwnDevice(new UserDevice(user, id), account(seed));
    return new Device(SignedDeviceKeys.parse(own.deviceKeys()), LocalTrust.UNSET);
  }

  private static StoredSession session(Curve25519PublicKey peer, String id, int content) {
    return new StoredSession(
        peer, id, T0, T0.plusSeconds(content), Sealed.of(new byte[] {(byte) content}));
  }

  @Test
  default void anEmptyStoreHoldsNothing() throws Exception {
    try (CryptoStore store = open()) {
      assertThat(store.account()).isEmpty();
      assertThat(store.sessions(peer(1))).isEmpty();
      assertThat(store.devices("@a:x")).isEmpty();
      assertThat(store.trackedUsers()).isEmpty();
      assertThat(store.hasMessageHash("h")).isFalse();
      assertThat(store.syncToken()).isEmpty();
      assertThat(store.inboxIds()).isEmpty();
      assertThat(store.inboxEvents(0, 10)).isEmpty();
      assertThat(store.lastInboxId()).isZero();
    }
  }

  @Test
  default void oneWriteHoldsEverything() throws Exception {
    StoredAccount account =
        new StoredAccount(
            new UserDevice("@a:x", "A"),
            Sealed.of(new byte[] {1, 2}),
            true,
            Optional.of(T0),
            Optional.empty());
    Device device = device("@b:x", "B", 3);
    StoredSession session = session(peer(1), "s1", 1);
    try (CryptoStore store = open()) {
      store.write(
          Changes.builder()
              .account(account)
              .session(session)
              .device(device)
              .trackUser("@b:x", true)
              .messageHash("h")
              .syncToken("t")
              .build());
      assertThat(store.account()).contains(account);
      assertThat(store.sessions(peer(1))).containsExactly(session);
      assertThat(store.sessions(peer(2))).isEmpty();
      assertThat(store.devices("@b:x").values())
          .satisfiesExactly(found -> assertThat(found.isSameAs(device)).isTrue());
      assertThat(store.trackedUsers()).isEqualTo(Map.of("@b:x", true));
      assertThat(store.hasMessageHash("h")).isTrue();
      assertThat(store.syncToken()).contains("t");
    }
  }

  @Test
  default void ownSecretsAreReplacedForgottenAndErased() throws Exception {
    Sealed first = Sealed.of(new byte[] {1});
    Sealed second = Sealed.of(new byte[] {2});
    try (CryptoStore store = open()) {
      assertThat(store.ownSecret("a")).isEmpty();
      store.write(Changes.builder().ownSecret("a", first).ownSecret("b", first).build());
      store.write(Changes.builder().ownSecret("a", second).forgetOwnSecret("b").build());
      assertThat(store.ownSecret("a")).contains(second);
      assertThat(store.ownSecret("b")).isEmpty();
      store.write(Changes.builder().forgetOwnSecret("a").ownSecret("a", first).build());
      assertThat(store.ownSecret("a")).as("the later one counts").contains(first);
      store.erase();
      assertThat(store.ownSecret("a")).isEmpty();
    }
  }

  @Test
  default void laterWritesReplaceAndRemove() throws Exception {
    Device device = device("@b:x", "B", 3);
    try (CryptoStore store = open()) {
      store.write(
          Changes.builder()
              .session(session(peer(1), "s1", 1))
              .session(session(peer(1), "s2", 2))
              .session(session(peer(2), "s1", 3))
              .device(device)
              .device(device("@b:x", "B2", 4))
              .trackUser("@b:x", true)
              .trackUser("@c:x", true)
              .syncToken("t1")
              .build());
      store.write(
          Changes.builder()
              .session(session(peer(1), "s1", 9))
              .removeSession(new StoredSession.Key(peer(2), "s1"))
              .device(device.withLocalTrust(LocalTrust.BLOCKED))
              .removeDevice(new UserDevice("@b:x", "B2"))
              .trackUser("@b:x", false)
              .untrackUser("@c:x")
              .syncToken("t2")
              .build());
      assertThat(store.sessions(peer(1)))
          .as("in the order of their first write")
          .containsExactly(session(peer(1), "s1", 9), session(peer(1), "s2", 2));
      assertThat(store.sessions(peer(2))).isEmpty();
      assertThat(store.devices("@b:x")).containsOnlyKeys("B");
      assertThat(store.devices("@b:x").values())
          .extracting(Device::localTrust)
          .containsExactly(LocalTrust.BLOCKED);
      assertThat(store.trackedUsers()).isEqualTo(Map.of("@b:x", false));
      assertThat(store.syncToken()).contains("t2");
    }
  }

  @Test
  default void aRemovedDeviceIsRememberedUntilItIsPutBack() throws Exception {
    UserDevice address = new UserDevice("@b:x", "B");
    Device blocked = device("@b:x", "B", 3).withLocalTrust(LocalTrust.BLOCKED);
    try (CryptoStore store = open()) {
      store.write(Changes.builder().device(blocked).build());
      assertThat(store.removedDevice(address)).isEmpty();
      store.write(Changes.builder().removeDevice(address).build());
      assertThat(store.devices("@b:x")).isEmpty();
      assertThat(store.removedDevice(address).orElseThrow().isSameAs(blocked)).isTrue();
      assertThat(store.removedDevice(new UserDevice("@b:x", "C"))).isEmpty();
      store.write(Changes.builder().device(blocked).build());
      assertThat(store.removedDevice(address)).isEmpty();
      assertThat(store.devices("@b:x")).containsOnlyKeys("B");
    }
  }

  @Test
  default void aRemovedDeviceCanBeDecidedUpon() throws Exception {
    UserDevice address = new UserDevice("@b:x", "B");
    Device device = device("@b:x", "B", 3);
    try (CryptoStore store = open()) {
      store.write(Changes.builder().device(device).build());
      store.write(Changes.builder().removeDevice(address).build());
      Device blocked = device.withLocalTrust(LocalTrust.BLOCKED);
      store.write(Changes.builder().tombstone(blocked).build());
      assertThat(store.removedDevice(address).orElseThrow().isSameAs(blocked)).isTrue();
      assertThat(store.devices("@b:x")).isEmpty();
    }
  }

  @Test
  default void identitiesAreKeptWholeAndReplaced() throws Exception {
    Random random = new Random(5);
    TestIdentity keys = new TestIdentity("@b:x", random::nextBytes);
    keys.masterKey.put("org.example.unknown", 1);
    UserIdentity identity = keys.toUserIdentity();
    UserIdentity other = new TestIdentity("@a:x", random::nextBytes).toUserIdentity();
    try (CryptoStore store = open()) {
      assertThat(store.identity("@b:x")).isEmpty();
      assertThat(store.identities()).isEmpty();
      store.write(Changes.builder().identity(identity).identity(other).build());
      assertThat(store.identity("@b:x").orElseThrow().isSameAs(identity)).isTrue();
      assertThat(store.identities())
          .extracting(UserIdentity::userId)
          .containsExactlyInAnyOrder("@a:x", "@b:x");
      UserIdentity decided = identity.withCompared();
      store.write(Changes.builder().identity(decided).build());
      assertThat(store.identity("@b:x").orElseThrow().isSameAs(decided)).isTrue();
      assertThat(store.identity("@b:x").orElseThrow().isSameAs(identity)).isFalse();
      assertThat(store.identity("@a:x").orElseThrow().isSameAs(other)).isTrue();
    }
  }

  private static StoredRoomKey roomKey(String room, String session, long sender, int index) {
    IdentityKeys owner = account(sender).identityKeys();
    return new StoredRoomKey(
        new RoomKeyInfo(
            new RoomKeyId(room, session),
            owner.curve25519(),
            Optional.of(owner.ed25519()),
            RoomKeySource.DIRECT,
            new SenderData(
                VerificationState.UNVERIFIED_IDENTITY,
                Optional.of(new UserDevice("@b:x", "B")),
                Optional.of(owner.ed25519())),
            index % 2 == 1,
            index),
        Sealed.of(new byte[] {(byte) index}));
  }

  @Test
  default void roomKeysAreKeptWholeAndReplaced() throws Exception {
    StoredRoomKey key = roomKey("!r:x", "s", 1, 7);
    StoredRoomKey hearsay =
        new StoredRoomKey(
            new RoomKeyInfo(
                new RoomKeyId("!r:x", "t"),
                peer(1),
                Optional.empty(),
                RoomKeySource.IMPORTED,
                SenderData.unknown(),
                false,
                (1L << 32) - 1),
            Sealed.of(new byte[0]));
    try (CryptoStore store = open()) {
      assertThat(store.roomKey(key.id())).isEmpty();
      store.write(Changes.builder().roomKey(key).roomKey(hearsay).build());
      assertThat(store.roomKey(key.id())).contains(key);
      assertThat(store.roomKey(hearsay.id())).contains(hearsay);
      assertThat(store.roomKey(new RoomKeyId("!other:x", "s"))).isEmpty();
      store.write(Changes.builder().roomKey(roomKey("!r:x", "s", 1, 3)).build());
      assertThat(store.roomKey(key.id())).contains(roomKey("!r:x", "s", 1, 3));
      assertThat(store.roomKeysFrom(peer(1)))
          .containsExactlyInAnyOrder(roomKey("!r:x", "s", 1, 3), hearsay);
      assertThat(store.roomKeysFrom(peer(2))).isEmpty();
    }
  }

  @Test
  default void manyRoomKeysAreFoundAtOnce() throws Exception {
    List<RoomKeyId> held = new ArrayList<>();
    List<RoomKeyId> all = new ArrayList<>();
    try (CryptoStore store = open()) {
      assertThat(store.roomKeys(List.of(new RoomKeyId("!r:x", "s")))).isEmpty();
      Changes.Builder changes = Changes.builder();
      for (int i = 0; i < 2_000; i++) {
        String room = i % 3 == 0 ? "!a:x" : "!\"b\\':x";
        RoomKeyId id = new RoomKeyId(room, "s\"'\\]," + i);
        all.add(id);
        if (i % 2 == 0) {
          held.add(id);
          changes.roomKey(roomKey(room, id.sessionId(), 1, i));
        }
      }
      store.write(changes.build());
      assertThat(store.roomKeys(all).keySet()).containsExactlyInAnyOrderElementsOf(held);
      assertThat(store.roomKeys(held.subList(3, 4)))
          .containsExactly(Map.entry(held.get(3), store.roomKey(held.get(3)).orElseThrow()));
      RoomKeyId sameSession = new RoomKeyId("!c:x", held.get(0).sessionId());
      assertThat(store.roomKeys(List.of(sameSession))).as("of another room").isEmpty();
      assertThat(store.roomKeys(List.of(held.get(0), held.get(0)))).as("named twice").hasSize(1);
      assertThat(store.roomKeys(List.<RoomKeyId>of())).isEmpty();
    }
  }

  @Test
  default void roomKeysAreGoneThroughInOrder() throws Exception {
    try (CryptoStore store = open()) {
      assertThat(store.roomKeys(Optional.empty(), 10)).isEmpty();
      store.write(
          Changes.builder()
              .roomKey(roomKey("!b:x", "a", 1, 1))
              .roomKey(roomKey("!a:x", "z", 2, 2))
              .roomKey(roomKey("!a:x", "b", 1, 3))
              .build());
      List<StoredRoomKey> first = store.roomKeys(Optional.empty(), 2);
      assertThat(first).containsExactly(roomKey("!a:x", "b", 1, 3), roomKey("!a:x", "z", 2, 2));
      assertThat(store.roomKeys(Optional.of(first.get(1).id()), 2))
          .containsExactly(roomKey("!b:x", "a", 1, 1));
      assertThat(store.roomKeys(Optional.of(new RoomKeyId("!b:x", "a")), 2)).isEmpty();
    }
  }

  @Test
  default void decryptedEventsAreRememberedByTheirPlace() throws Exception {
    RoomKeyId id = new RoomKeyId("!r:x", "s");
    try (CryptoStore store = open()) {
      assertThat(store.decryptedEvent(id, 0)).isEmpty();
      assertThat(store.lastDecryptedIndex(id)).isEmpty();
      store.write(
          Changes.builder()
              .decryptedEvent(new RoomKeyChanges.MessageIndex(id, 0), "$a")
              .decryptedEvent(new RoomKeyChanges.MessageIndex(id, (1L << 32) - 1), "$b")
              .build());
      assertThat(store.decryptedEvent(id, 0)).contains("$a");
      assertThat(store.decryptedEvent(id, (1L << 32) - 1)).contains("$b");
      assertThat(store.decryptedEvent(id, 1)).isEmpty();
      assertThat(store.lastDecryptedIndex(id)).contains((1L << 32) - 1);
      assertThat(store.lastDecryptedIndex(new RoomKeyId("!r:x", "t"))).isEmpty();
      assertThat(store.decryptedEvent(new RoomKeyId("!r:x", "t"), 0)).isEmpty();
    }
  }

  private static WithheldRoomKey withheld(String session) {
    return new WithheldRoomKey(new RoomKeyId("!r:x", session), WithheldCode.UNVERIFIED, "@b:x");
  }

  @Test
  default void keepsTheNewestNoticesOfWithheldKeysOnly() throws Exception {
    RoomKeyId first = new RoomKeyId("!r:x", "s0");
    try (CryptoStore store = open()) {
      Changes.Builder full = Changes.builder();
      for (int i = 0; i < RoomKeyStore.MAX_WITHHELD; i++) {
        full.withheld(withheld("s" + i));
      }
      store.write(full.build());
      assertThat(store.withheld(first)).contains(withheld("s0"));
      WithheldRoomKey again = new WithheldRoomKey(first, WithheldCode.BLACKLISTED, "@c:x");
      store.write(Changes.builder().withheld(again).build());
      assertThat(store.withheld(first)).as("replaced, and the newest").contains(again);
      store.write(Changes.builder().withheld(withheld("one more")).build());
      assertThat(store.withheld(first)).contains(again);
      assertThat(store.withheld(new RoomKeyId("!r:x", "s1"))).isEmpty();
      assertThat(store.withheld(new RoomKeyId("!r:x", "one more"))).isPresent();
    }
  }

  @Test
  default void anErasedStoreIsAsNew() throws Exception {
    Device device = device("@b:x", "B", 3);
    Random random = new Random(5);
    try (CryptoStore store = open()) {
      store.write(
          Changes.builder()
              .account(
                  new StoredAccount(
                      new UserDevice("@a:x", "A"),
                      Sealed.of(new byte[] {1}),
                      true,
                      Optional.empty(),
                      Optional.empty()))
              .session(session(peer(1), "s1", 1))
              .device(device)
              .device(device("@b:x", "C", 4))
              .identity(new TestIdentity("@b:x", random::nextBytes).toUserIdentity())
              .roomKey(roomKey("!r:x", "s", 1, 1))
              .withheld(withheld("s"))
              .decryptedEvent(new RoomKeyChanges.MessageIndex(new RoomKeyId("!r:x", "s"), 0), "$a")
              .trackUser("@b:x", true)
              .messageHash("h")
              .syncToken("t")
              .build());
      store.write(Changes.builder().removeDevice(device.address()).build());
      store.erase();
      assertThat(store.account()).isEmpty();
      assertThat(store.sessions(peer(1))).isEmpty();
      assertThat(store.devices("@b:x")).isEmpty();
      assertThat(store.removedDevice(device.address())).isEmpty();
      assertThat(store.identities()).isEmpty();
      assertThat(store.roomKeys(Optional.empty(), 1)).isEmpty();
      assertThat(store.withheld(new RoomKeyId("!r:x", "s"))).isEmpty();
      assertThat(store.decryptedEvent(new RoomKeyId("!r:x", "s"), 0)).isEmpty();
      assertThat(store.trackedUsers()).isEmpty();
      assertThat(store.hasMessageHash("h")).isFalse();
      assertThat(store.syncToken()).isEmpty();
      store.write(Changes.builder().syncToken("again").build());
      assertThat(store.syncToken()).contains("again");
    }
  }

  @Test
  default void whatIsNotInTheChangesStays() throws Exception {
    try (CryptoStore store = open()) {
      store.write(Changes.builder().session(session(peer(1), "s1", 1)).syncToken("t").build());
      store.write(Changes.builder().trackUser("@b:x", false).build());
      assertThat(store.sessions(peer(1))).hasSize(1);
      assertThat(store.syncToken()).contains("t");
    }
  }

  @Test
  default void keepsTheNewestMessageHashesOnly() throws Exception {
    try (CryptoStore store = open()) {
      Changes.Builder full = Changes.builder();
      for (int i = 0; i < CryptoStore.MAX_MESSAGE_HASHES; i++) {
        full.messageHash("h" + i);
      }
      store.write(full.build());
      assertThat(List.of(store.hasMessageHash("h0"), store.hasMessageHash("h1")))
          .containsExactly(true, true);
      store.write(Changes.builder().messageHash("one more").build());
      assertThat(
              List.of(
                  store.hasMessageHash("h0"),
                  store.hasMessageHash("h1"),
                  store.hasMessageHash("one more")))
          .containsExactly(false, true, true);
    }
  }

  @Test
  default void storeHashesTheNewestOfManyWritesAreKnown() throws Exception {
    int each = CryptoStore.MAX_MESSAGE_HASHES / 3;
    try (CryptoStore store = open()) {
      for (int write = 0; write < 5; write++) {
        Changes.Builder some = Changes.builder();
        for (int i = 0; i < each; i++) {
          some.messageHash("h" + (write * each + i));
        }
        assertThat(store.hasMessageHash("h" + (write * each))).as("not yet").isFalse();
        store.write(some.build());
        assertThat(store.hasMessageHash("h" + (write * each))).isTrue();
      }
      int written = 5 * each;
      int oldest = written - CryptoStore.MAX_MESSAGE_HASHES;
      for (int i = 0; i < written; i++) {
        assertThat(store.hasMessageHash("h" + i)).as("h%d", i).isEqualTo(i >= oldest);
      }
    }
  }

  private static StoredInboxEvent inboxEvent(long id) {
    return new StoredInboxEvent(id, Sealed.of(new byte[] {(byte) id, 1}));
  }

  @Test
  default void theInboxGivesPagesInTheOrderOfIds() throws Exception {
    try (CryptoStore store = open()) {
      Changes.Builder five = Changes.builder();
      for (long id = 1; id <= 5; id++) {
        five.inboxEvent(inboxEvent(id));
      }
      store.write(five.build());
      assertThat(store.inboxIds()).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(store.inboxEvents(0, 2)).containsExactly(inboxEvent(1), inboxEvent(2));
      assertThat(store.inboxEvents(2, 2)).containsExactly(inboxEvent(3), inboxEvent(4));
      assertThat(store.inboxEvents(4, 2)).containsExactly(inboxEvent(5));
      assertThat(store.inboxEvents(5, 2)).isEmpty();
    }
  }

  @Test
  default void acknowledgedEventsAreGoneAndTheirIdsAreNotForgotten() throws Exception {
    try (CryptoStore store = open()) {
      store.write(
          Changes.builder()
              .inboxEvent(inboxEvent(1))
              .inboxEvent(inboxEvent(2))
              .inboxEvent(inboxEvent(3))
              .build());
      store.write(Changes.builder().acknowledged(2).acknowledged(3).acknowledged(99).build());
      assertThat(store.inboxEvents(0, 10)).containsExactly(inboxEvent(1));
      assertThat(store.inboxIds()).containsExactly(1L);
      assertThat(store.lastInboxId()).isEqualTo(3);
      store.write(Changes.builder().inboxEvent(inboxEvent(4)).acknowledged(4).build());
      assertThat(store.inboxIds()).as("received and acknowledged at once").containsExactly(1L);
      assertThat(store.lastInboxId()).isEqualTo(4);
    }
  }

  private static Device invented(int number, LocalTrust trust) throws Exception {
    ObjectNode keys = Json.newObject().put("user_id", "@b:x").put("device_id", "D" + number);
    keys.putArray("algorithms");
    keys.putObject("keys")
        .put("ed25519:D" + number, account(1).identityKeys().ed25519().toBase64());
    return new Device(SignedDeviceKeys.fromStore(keys), trust);
  }

  @Test
  default void devTombstonesGoOldestFirstButNeverThoseThatWereDecidedAbout() throws Exception {
    try (CryptoStore store = open()) {
      Changes.Builder full =
          Changes.builder()
              .tombstone(invented(0, LocalTrust.BLOCKED))
              .tombstone(invented(1, LocalTrust.VERIFIED));
      for (int i = 0; i < CryptoStore.MAX_REMOVED_DEVICES; i++) {
        full.tombstone(invented(2 + i, LocalTrust.UNSET));
      }
      store.write(full.build());
      assertThat(store.removedDevice(new UserDevice("@b:x", "D2"))).as("full").isPresent();
      int next = 2 + CryptoStore.MAX_REMOVED_DEVICES;
      store.write(Changes.builder().tombstone(invented(next, LocalTrust.UNSET)).build());
      assertThat(store.removedDevice(new UserDevice("@b:x", "D2"))).as("one more").isEmpty();
      for (int kept : List.of(0, 1, 3, next)) {
        assertThat(store.removedDevice(new UserDevice("@b:x", "D" + kept))).isPresent();
      }
      store.write(Changes.builder().tombstone(invented(3, LocalTrust.BLOCKED)).build());
      store.write(Changes.builder().tombstone(invented(next + 1, LocalTrust.UNSET)).build());
      store.write(Changes.builder().tombstone(invented(next + 2, LocalTrust.UNSET)).build());
      assertThat(store.removedDevice(new UserDevice("@b:x", "D3"))).as("decided since").isPresent();
      assertThat(store.removedDevice(new UserDevice("@b:x", "D4"))).isEmpty();
    }
  }

  private static RowKey row(String kind, String scope, String name) {
    return new RowKey(kind, scope, name);
  }

  private static RowChanges rows(RowKey key, int content) {
    return new RowChanges(Map.of(key, Optional.of(Sealed.of(new byte[] {(byte) content}))));
  }

  @Test
  default void extraRowsAreWrittenWithTheChangesAndFoundInOrder() throws Exception {
    try (CryptoStore store = open()) {
      assertThat(store.extraRows().find(row("job", "1", "a"))).isEmpty();
      store.write(Changes.builder().syncToken("t").build(), rows(row("job", "1", "b"), 1));
      store.write(Changes.builder().build(), rows(row("job", "1", "a"), 2));
      store.write(Changes.builder().build(), rows(row("job", "2", "a"), 3));
      store.write(Changes.builder().build(), rows(row("mark", "1", "a"), 4));
      store.write(Changes.builder().build(), rows(row("job", "2", "a"), 5));
      assertThat(store.syncToken()).contains("t");
      assertThat(store.extraRows().find(row("job", "2", "a"))).contains(Sealed.of(new byte[] {5}));
      assertThat(store.extraRows().of("job", "1"))
          .extracting(StoredRow::key)
          .containsExactly(row("job", "1", "a"), row("job", "1", "b"));
      assertThat(store.extraRows().of("job", Optional.empty(), 2))
          .extracting(StoredRow::key)
          .containsExactly(row("job", "1", "a"), row("job", "1", "b"));
      assertThat(store.extraRows().of("job", Optional.of(row("job", "1", "b")), 2))
          .extracting(StoredRow::key)
          .containsExactly(row("job", "2", "a"));
      assertThat(store.roomRows().of("job", "1")).as("kept apart").isEmpty();
      store.write(
          Changes.builder().build(),
          new RowChanges(Map.of(row("job", "1", "a"), Optional.empty())));
      assertThat(store.extraRows().of("job", "1")).hasSize(1);
      store.erase();
      assertThat(store.extraRows().of("job", Optional.empty(), 10)).isEmpty();
    }
  }

  @Test
  default void roomRowsAreAPartOfTheChanges() throws Exception {
    RowKey key = row("settings", "!r:x", "");
    try (CryptoStore store = open()) {
      store.write(Changes.builder().roomRow(key, Optional.of(Sealed.of(new byte[] {1}))).build());
      assertThat(store.roomRows().find(key)).contains(Sealed.of(new byte[] {1}));
      assertThat(store.extraRows().find(key)).isEmpty();
      store.write(Changes.builder().roomRow(key, Optional.empty()).build());
      assertThat(store.roomRows().find(key)).isEmpty();
    }
  }

  private static StoredRoomKey backupKey(int number, int content) throws Exception {
    RoomKeyInfo info =
        new RoomKeyInfo(
            new RoomKeyId("!r:x", "s" + number),
            peer(1),
            Optional.empty(),
            RoomKeySource.IMPORTED,
            SenderData.unknown(),
            false,
            0);
    return new StoredRoomKey(info, Sealed.of(new byte[] {(byte) content}));
  }

  @Test
  default void backupMarkTellsWhichKeysABackupLacks() throws Exception {
    try (CryptoStore store = open()) {
      assertThat(store.backupCount("1")).isEqualTo(new BackupCount(0, 0));
      Changes.Builder keys = Changes.builder();
      for (int i = 0; i < 5; i++) {
        keys.roomKey(backupKey(i, i));
      }
      store.write(keys.build());
      assertThat(store.notBackedUp("1", 10)).hasSize(5);
      assertThat(store.notBackedUp("1", 2)).hasSize(2);
      store.write(
          Changes.builder()
              .backupMark(new RoomKeyId("!r:x", "s0"), Optional.of("1"))
              .backupMark(new RoomKeyId("!r:x", "s1"), Optional.of("2"))
              .backupMark(new RoomKeyId("!r:x", "s2"), Optional.of("3"))
              .backupMark(new RoomKeyId("!r:x", "unknown"), Optional.of("2"))
              .build());
      assertThat(store.notBackedUp("2", 10))
          .extracting(key -> key.id().sessionId())
          .containsExactlyInAnyOrder("s0", "s2", "s3", "s4");
      assertThat(store.notBackedUp("2", 1)).hasSize(1);
      assertThat(store.notBackedUp("2", 0)).isEmpty();
      assertThat(store.backupCount("2")).isEqualTo(new BackupCount(5, 1));
      store.write(Changes.builder().roomKey(backupKey(1, 9)).build());
      assertThat(store.backupCount("2"))
          .as("a new seal is no new key")
          .isEqualTo(new BackupCount(5, 1));
      store.write(
          Changes.builder()
              .roomKey(backupKey(1, 10))
              .backupMark(new RoomKeyId("!r:x", "s1"), Optional.empty())
              .build());
      assertThat(store.backupCount("2")).isEqualTo(new BackupCount(5, 0));
      store.erase();
      assertThat(store.backupCount("2")).isEqualTo(new BackupCount(0, 0));
    }
  }

  @Test
  default void aRoomKeyThatIsForgottenIsGoneWithItsMark() throws Exception {
    RoomKeyId gone = new RoomKeyId("!r:x", "s0");
    try (CryptoStore store = open()) {
      store.write(
          Changes.builder()
              .roomKey(backupKey(0, 0))
              .roomKey(backupKey(1, 1))
              .backupMark(gone, Optional.of("1"))
              .build());
      store.write(Changes.builder().forgetRoomKey(gone).build());
      assertThat(store.roomKey(gone)).isEmpty();
      assertThat(store.backupVersion(gone)).isEmpty();
      assertThat(store.backupCount("1")).isEqualTo(new BackupCount(1, 0));
      store.write(Changes.builder().forgetRoomKey(gone).roomKey(backupKey(0, 5)).build());
      assertThat(store.roomKey(gone)).as("it came back later").isPresent();
      store.write(Changes.builder().roomKey(backupKey(0, 6)).forgetRoomKey(gone).build());
      assertThat(store.roomKey(gone)).as("it went later").isEmpty();
    }
  }
}

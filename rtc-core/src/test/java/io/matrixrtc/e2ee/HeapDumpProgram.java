package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.HotSpotDiagnosticMXBean;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.olm.StateSecrets;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Two machines talk, one with a store in memory and one with SQLite, also in a room; then the heap
 * is written to {@code open.hprof}, the machines and stores are closed, and it is written to {@code
 * closed.hprof}. What must not be in the second is in {@code secrets.txt} and, of the room, {@code
 * room-secrets.txt}, a line each in hex. Early in the dialogue it is written to {@code
 * early.hprof}; what the sessions held then, and no more, is in {@code early-secrets.txt}. For
 * {@link HeapDumpTest}, in a process of its own.
 */
final class HeapDumpProgram {
  private HeapDumpProgram() {}

  public static void main(String[] args) throws Exception {
    Path out = Path.of(args[0]);
    byte[] keyBytes = new byte[StateKey.BYTES];
    new SecureRandom().nextBytes(keyBytes);
    StateKey key = StateKey.copyOf(keyBytes);
    Files.writeString(out.resolve("secrets.txt"), HexFormat.of().formatHex(keyBytes) + "\n");
    Arrays.fill(keyBytes, (byte) 0);

    RoomFixture rooms = new RoomFixture(1);
    MachineNetwork network = rooms.network;
    MemoryCryptoStore aliceStore = new MemoryCryptoStore();
    SecureRandom random = new SecureRandom();
    SqliteCryptoStore bobStore;
    try (StoreSecret secret = StoreSecret.passphrase("of the store".toCharArray())) {
      bobStore = SqliteCryptoStore.open(out.resolve("bob.db"), secret, random::nextBytes);
    }
    StateKey bobKey = bobStore.stateKey();
    byte[] bobKeyBytes = bobKey.copySecret();
    Files.writeString(
        out.resolve("secrets.txt"),
        HexFormat.of().formatHex(bobKeyBytes) + "\n",
        StandardOpenOption.APPEND);
    Arrays.fill(bobKeyBytes, (byte) 0);
    UserDevice aliceDevice = new UserDevice("@alice:example.org", "ALICE1");
    UserDevice bobDevice = new UserDevice("@bob:example.org", "BOB1");
    OlmMachine alice =
        OlmMachine.open(aliceDevice, MachineNetwork.ALL, aliceStore, key, random::nextBytes);
    OlmMachine bob =
        OlmMachine.open(bobDevice, MachineNetwork.ALL, bobStore, bobKey, random::nextBytes);
    alice.crossSigning().bootstrap(network.now);
    network.introduce(alice, bob);
    talk(network, alice, bob, 2);
    Set<String> early = sessionSecrets(key, aliceStore, bob);
    early.addAll(sessionSecrets(bobKey, bobStore, alice));
    dump(out.resolve("early.hprof"));
    talk(network, alice, bob, 4);
    talkInARoom(rooms, alice, bob);
    // The room's first: this turns its ratchet, and the thread's MAC keeps its last result.
    writeRoomSecrets(out, Map.of(aliceStore, key, bobStore, bobKey), aliceStore);
    writeSecrets(out, key, aliceStore, bob);
    writeSecrets(out, bobKey, bobStore, alice);
    early.removeAll(Files.readAllLines(out.resolve("secrets.txt")));
    Files.write(out.resolve("early-secrets.txt"), early);
    dump(out.resolve("open.hprof"));

    alice.close();
    bob.close();
    bobStore.close();
    key.close();
    dump(out.resolve("closed.hprof"));
    // Both are reachable up to here, as they may be in an app.
    System.out.println(alice.device() + " and " + bob.device() + " are closed");
  }

  private static void talk(MachineNetwork network, OlmMachine alice, OlmMachine bob, int turns)
      throws Exception {
    ObjectNode content = Json.newObject().put("text", "hello");
    for (int turn = 0; turn < turns; turn++) {
      for (int i = 0; i < 3; i++) {
        network.deliver(alice, "org.example.test", content, bob.device());
      }
      // The first of each three stays out, so that there are skipped message keys.
      Objects.requireNonNull(network.queues.get(bob.device())).remove(0);
      network.sync(bob);
      network.deliver(bob, "org.example.test", content, alice.device());
      network.sync(alice);
    }
  }

  /** Alice writes three messages, of which bob reads the last: his copy is at two places. */
  private static void talkInARoom(RoomFixture rooms, OlmMachine alice, OlmMachine bob)
      throws Exception {
    alice.rooms().encryptionEnabled(RoomFixture.ROOM, RoomFixture.settings());
    RoomMembers members = RoomFixture.joined(alice.device().userId(), bob.device().userId());
    rooms.say(alice, members, "one");
    rooms.say(alice, members, "two");
    rooms.text(bob, rooms.say(alice, members, "three"));
  }

  private static void writeRoomSecrets(
      Path out, Map<CryptoStore, StateKey> stores, CryptoStore writer) throws Exception {
    RowSeal rows = new RowSeal(Objects.requireNonNull(stores.get(writer)), bytes -> {});
    Set<String> secrets = new TreeSet<>();
    String kind = "outbound room session";
    RowKey name = new RowKey(kind, RoomFixture.ROOM, "");
    try (StateKey row = rows.rowKey(kind, RoomFixture.ROOM)) {
      Sealed outbound = writer.roomRows().find(name).orElseThrow();
      secrets.addAll(StateSecrets.ofOutbound(row, outbound.toBytes()));
    }
    for (Map.Entry<CryptoStore, StateKey> store : stores.entrySet()) {
      StoredRoomKey held = store.getKey().roomKeys(Optional.empty(), 2).get(0);
      RowSeal own = new RowSeal(store.getValue(), bytes -> {});
      try (StateKey row = own.rowKey("room key", held.id().roomId(), held.id().sessionId())) {
        secrets.addAll(StateSecrets.ofInbound(row, held.session().toBytes(), 2));
      }
    }
    Files.write(out.resolve("room-secrets.txt"), secrets);
  }

  private static void writeSecrets(Path out, StateKey key, CryptoStore store, OlmMachine peer)
      throws Exception {
    Set<String> secrets =
        new TreeSet<>(
            StateSecrets.ofAccount(key, store.account().orElseThrow().account().toBytes()));
    secrets.addAll(sessionSecrets(key, store, peer));
    RowSeal rows = new RowSeal(key, bytes -> {});
    for (CrossSigningKey.Usage usage : CrossSigningKey.Usage.values()) {
      String name = "cross-signing " + usage.label();
      Optional<Sealed> seed = store.ownSecret(name);
      if (seed.isPresent()) {
        secrets.add(HexFormat.of().formatHex(rows.open(seed.get(), "own secret", name)));
      }
    }
    Path file = out.resolve("secrets.txt");
    Files.writeString(file, Files.readString(file) + String.join("\n", secrets) + "\n");
  }

  private static Set<String> sessionSecrets(StateKey key, CryptoStore store, OlmMachine peer)
      throws Exception {
    Set<String> secrets = new TreeSet<>();
    RowSeal rows = new RowSeal(key, bytes -> {});
    for (StoredSession stored : store.sessions(peer.identityKeys().curve25519())) {
      try (StateKey row =
          rows.rowKey("Olm session", stored.peer().toBase64(), stored.sessionId())) {
        secrets.addAll(StateSecrets.ofSession(row, stored.session().toBytes()));
      }
    }
    return secrets;
  }

  /** Writes what is reachable. */
  private static void dump(Path file) throws Exception {
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(file.toString(), true);
  }
}

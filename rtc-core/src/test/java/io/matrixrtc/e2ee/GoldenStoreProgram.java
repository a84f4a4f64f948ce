package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Makes the golden stores of the present schema version: two devices with a session between them.
 * To be run once for each version, as {@code main} with a folder; what it makes is checked in under
 * {@code src/test/resources/golden} and never made again.
 */
final class GoldenStoreProgram {
  static final UserDevice ALICE = new UserDevice("@alice:x.org", "ALICE");
  static final UserDevice BOB = new UserDevice("@bob:x.org", "BOB");
  static final String TYPE = "org.example.golden";
  static final String ROOM = "!golden:x.org";
  static final RowKey ROW = new RowKey("golden", "1", "");

  private GoldenStoreProgram() {}

  /** Opened by a passphrase, so that the derivation is a part of what must stay readable. */
  static StoreSecret secret() {
    return StoreSecret.passphrase("golden passphrase".toCharArray());
  }

  /** The version that {@link #main} makes. */
  static final int VERSION = 4;

  static String fileName(int version, UserDevice device) {
    return "store-" + version + "-" + device.deviceId().toLowerCase(Locale.ROOT) + ".db";
  }

  static SqliteCryptoStore open(Path folder, int version, UserDevice device)
      throws CryptoStoreException {
    return SqliteCryptoStore.open(
        folder.resolve(fileName(version, device)),
        secret(),
        new Random(device.hashCode())::nextBytes);
  }

  static OlmMachine machine(MachineNetwork network, UserDevice device, SqliteCryptoStore store)
      throws CryptoStoreException {
    return OlmMachine.open(device, MachineNetwork.ALL, store, store.stateKey(), network.random());
  }

  /** Writes to the room, which may be known or not. */
  static RoomEncryptionOutcome.Encrypted say(MachineNetwork network, OlmMachine by)
      throws CryptoStoreException {
    by.rooms().encryptionEnabled(ROOM, Json.newObject().put("algorithm", "m.megolm.v1.aes-sha2"));
    RoomMembers members =
        new RoomMembers(Set.of(ALICE.userId(), BOB.userId()), Set.of(), HistoryVisibility.SHARED);
    by.rooms().encrypt(ROOM, members, TYPE, Json.newObject(), network.now);
    network.settle(by);
    return (RoomEncryptionOutcome.Encrypted) by.rooms().takeCompleted().get(0).outcome();
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    MachineNetwork network = new MachineNetwork(2026);
    try (SqliteCryptoStore aliceStore = open(folder, VERSION, ALICE);
        SqliteCryptoStore bobStore = open(folder, VERSION, BOB)) {
      OlmMachine alice = machine(network, ALICE, aliceStore);
      OlmMachine bob = machine(network, BOB, bobStore);
      network.introduce(alice, bob);
      network.deliver(alice, TYPE, Json.newObject().put("text", "acknowledged"), BOB);
      network.deliver(alice, TYPE, Json.newObject().put("text", "waits"), BOB);
      network.sync(bob);
      bob.acknowledge(List.of(1L));
      network.deliver(bob, TYPE, Json.newObject().put("text", "back"), ALICE);
      network.sync(alice);
      bob.setLocalTrust(ALICE, LocalTrust.VERIFIED);
      bob.crossSigning().bootstrap(network.now); // since version 2
      network.settle(alice);
      network.settle(bob);
      say(network, alice); // since version 3
      network.sync(bob);
      bob.acknowledge(List.of(3L));
      alice.rooms().keys().write(new ExtraWrites().put(ROW, new byte[] {3}));
      alice.close();
      bob.close();
    }
  }
}

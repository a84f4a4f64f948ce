package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions that invented identity keys start, and those of devices that are known. */
class StrangerSessionsTest {
  private static final String TYPE = "org.example.test";
  private static final String MALLORY = "@mallory:m.example";
  private static final UserDevice ALICE_DEVICE = new UserDevice("@alice:a.example", "ADEV");
  private static final UserDevice BOB_DEVICE = new UserDevice("@bob:b.example", "BDEV");

  private final MachineNetwork network = new MachineNetwork(91);
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private OlmMachine alice;
  private OlmMachine bob;
  private int invented;

  @BeforeEach
  void aKnownDevice() throws Exception {
    alice = network.open(ALICE_DEVICE, MachineNetwork.ALL, new MemoryCryptoStore());
    bob = network.open(BOB_DEVICE, MachineNetwork.ALL, store);
    network.introduce(alice, bob);
    assertAliceIsRead();
  }

  private void assertAliceIsRead() throws Exception {
    network.deliver(alice, TYPE, Json.newObject().put("n", 1), BOB_DEVICE);
    assertThat(network.sync(bob)).singleElement().isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  private ForgedSender stranger(String userId) throws Exception {
    UserDevice device = new UserDevice(userId, "INVENTED" + ++invented);
    ForgedSender stranger = new ForgedSender(device, network.random(), bob);
    ObjectNode keys = Objects.requireNonNull(network.fallbackKeys.get(BOB_DEVICE));
    stranger.startSession(Curve25519PublicKey.fromBase64(keys.findValue("key").textValue()));
    return stranger;
  }

  /** So many strangers write, in one sync. */
  private List<ForgedSender> flood(String userId, int count) throws Exception {
    List<ForgedSender> strangers = new ArrayList<>();
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ForgedSender stranger = stranger(userId);
      strangers.add(stranger);
      events.add(stranger.event(TYPE));
    }
    assertThat(network.sync(bob, events)).hasSize(count);
    return strangers;
  }

  private boolean hasSession(ForgedSender sender) {
    return !store.sessions(sender.account.identityKeys().curve25519()).isEmpty();
  }

  @Test
  void sessStrangersOfOneUserTheBoundAndOneBeyond() throws Exception {
    int known = store.sessions(alice.identityKeys().curve25519()).size();
    List<ForgedSender> others = flood("@other:m.example", 1);
    List<ForgedSender> first = flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER);
    assertThat(first).allMatch(this::hasSession);

    List<ForgedSender> beyond = flood(MALLORY, 1);
    assertThat(beyond).allMatch(this::hasSession);
    assertThat(hasSession(first.get(0))).as("the first goes").isFalse();
    assertThat(first.subList(1, first.size())).allMatch(this::hasSession);
    assertThat(others).as("somebody else").allMatch(this::hasSession);
    assertThat(store.sessions(alice.identityKeys().curve25519())).hasSize(known);
    assertAliceIsRead();

    // Who goes on to write with a session that is left is read; who has none any more is not.
    ForgedSender kept = first.get(first.size() - 1);
    assertThat(network.sync(bob, List.of(kept.event(TYPE))))
        .singleElement()
        .isInstanceOf(ToDeviceResult.Decrypted.class);
  }

  @Test
  void sessStrangersOfAllUsersTheBoundAndOneBeyond() throws Exception {
    int each = StrangerSessions.MAX_KEYS_PER_USER;
    List<ForgedSender> all = new ArrayList<>();
    for (int user = 0; user < StrangerSessions.MAX_KEYS / each; user++) {
      all.addAll(flood("@invented" + user + ":m.example", each));
    }
    assertThat(all).hasSize(StrangerSessions.MAX_KEYS).allMatch(this::hasSession);

    // The bound holds after a restart, and so does the order.
    bob.close();
    bob = network.open(BOB_DEVICE, MachineNetwork.ALL, store);
    assertThat(flood(MALLORY, 1)).allMatch(this::hasSession);
    assertThat(hasSession(all.get(0))).as("the first goes").isFalse();
    assertThat(all.subList(1, all.size())).allMatch(this::hasSession);
    assertAliceIsRead();
  }

  @Test
  void moreSessionsWithOneKeyAreOneStranger() throws Exception {
    ForgedSender first = flood(MALLORY, 1).get(0);
    ObjectNode keys = Objects.requireNonNull(network.fallbackKeys.get(BOB_DEVICE));
    first.startSession(Curve25519PublicKey.fromBase64(keys.findValue("key").textValue()));
    network.sync(bob, List.of(first.event(TYPE)));
    assertThat(store.sessions(first.account.identityKeys().curve25519())).hasSize(2);
    List<ForgedSender> others = flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER - 1);
    assertThat(hasSession(first)).isTrue();
    flood(MALLORY, 1);
    assertThat(hasSession(first)).as("both sessions go").isFalse();
    assertThat(others).allMatch(this::hasSession);
  }

  private void list(UserDevice device, ObjectNode keys) throws Exception {
    network.deviceKeys.put(device, keys);
    bob.trackUsers(Set.of(device.userId()), network.now);
    network.refresh(bob, device.userId());
  }

  @Test
  void sessStrangersADeviceThatIsListedIsNoneUntilItIsListedNoMore() throws Exception {
    ForgedSender listed = flood(MALLORY, 1).get(0);
    list(listed.device, listed.keys.deviceKeys());
    flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER + 1);
    assertThat(hasSession(listed)).as("while it is listed").isTrue();

    ForgedSender other = stranger(MALLORY); // the list does not become empty
    network.deviceKeys.remove(listed.device);
    list(other.device, other.keys.deviceKeys());
    flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER - 1);
    assertThat(hasSession(listed)).as("as any stranger").isTrue();
    flood(MALLORY, 1);
    assertThat(hasSession(listed)).isFalse();
  }

  @Test
  void sessStrangersAKeyThatItsDeviceGaveUpIsOne() throws Exception {
    ForgedSender listed = flood(MALLORY, 1).get(0);
    list(listed.device, listed.keys.deviceKeys());
    ObjectNode changed = listed.keys.deviceKeys();
    changed.remove("signatures");
    ((ObjectNode) changed.get("keys"))
        .put(
            "curve25519:" + listed.device.deviceId(),
            Account.generate(network.random()).identityKeys().curve25519().toBase64());
    list(listed.device, listed.keys.sign(changed));
    flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER - 1);
    assertThat(hasSession(listed)).isTrue();
    flood(MALLORY, 1);
    assertThat(hasSession(listed)).isFalse();
  }

  @Test
  void sessStrangersAMessageInAnothersNameMakesNoStrangerOfAKnownDevice() throws Exception {
    ForgedSender second = stranger(ALICE_DEVICE.userId());
    list(second.device, second.keys.deviceKeys());
    ObjectNode relabelled = second.event(TYPE).put("sender", MALLORY);
    assertThat(network.sync(bob, List.of(relabelled)))
        .singleElement()
        .isInstanceOfSatisfying(
            ToDeviceResult.UnableToDecrypt.class,
            refused -> assertThat(refused.reason()).isEqualTo(UndecryptableReason.OTHER_SENDER));
    assertThat(network.sync(bob, List.of(second.event(TYPE))))
        .singleElement()
        .isInstanceOf(ToDeviceResult.Decrypted.class);
    flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER + 1);
    assertThat(hasSession(second)).isTrue();

    // The same where nothing came of it but that we wrote to the device.
    ForgedSender third = stranger(ALICE_DEVICE.userId());
    list(third.device, third.keys.deviceKeys());
    network.sync(bob, List.of(third.event(TYPE).put("sender", MALLORY)));
    network.deliver(bob, TYPE, Json.newObject(), third.device);
    flood(MALLORY, StrangerSessions.MAX_KEYS_PER_USER + 1);
    assertThat(hasSession(third)).isTrue();
  }
}

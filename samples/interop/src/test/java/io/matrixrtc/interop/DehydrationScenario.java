package io.matrixrtc.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.Secrets;
import io.matrixrtc.backup.service.DehydratedDevices;
import io.matrixrtc.backup.service.DehydrationException;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.olm.RandomSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Dehydrated devices (MSC3814) of ours and of matrix-js-sdk, opened by the other. */
final class DehydrationScenario {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String PASSPHRASE = BackupScenario.PASSPHRASE;

  private final World world;
  private final UnaryOperator<String> names;

  DehydrationScenario(World world, UnaryOperator<String> names) {
    this.world = world;
    this.names = names;
  }

  private static void awaitKnown(OurDevice by, String user, String device) {
    by.follow(user);
    await().atMost(SOON).until(() -> by.knows(new DeviceAddress(user, device)));
  }

  /** The SDK goes, its dehydrated device gets a room key, and a new device of ours reads by it. */
  void weReadWhatTheSdksDeviceGot() throws Exception {
    OurDevice bob = world.ours(names.apply("bob"));
    String room = world.room(bob);
    Peer.Account account = world.account(names.apply("alice"));
    Peer alice = world.peer(JsSdkTest.COMMAND, account, "FIRST");
    alice.joinRoom(room);
    alice.crossSign();
    alice.call("createBackup", Json.newObject().put("passphrase", PASSPHRASE));
    String waiting = alice.call("dehydrate", Json.newObject()).path("device").asText();
    awaitKnown(bob, account.userId(), waiting);
    alice.close();
    String message = bob.post(room, "while nobody was there").eventId();

    OurDevice device = world.ours(world.login(account.userId()));
    await().atMost(SOON).until(() -> !device.unread(message).isEmpty());
    try (OpenStorage open = BackupScenario.storage(device).unlock(PASSPHRASE);
        DehydratedDevices devices =
            DehydratedDevices.open(device.client(), RandomSource.secure())) {
      byte[] key = Base64Text.decode(open.read(Secrets.DEHYDRATION).orElseThrow());
      byte[] other = key.clone();
      other[0] ^= 1;
      assertThatThrownBy(() -> World.get(devices.rehydrate(other)))
          .hasRootCauseInstanceOf(DehydrationException.class);
      assertThat(device.hasRead(message)).isFalse();
      DehydratedDevices.Rehydrated brought = World.get(devices.rehydrate(key)).orThrow();
      assertThat(brought.there() && brought.whole()).isTrue();
      assertThat(brought.newKeys()).isPositive();
      await().atMost(SOON).until(() -> device.hasRead(message));
    }
  }

  /** We go, our dehydrated device gets a room key, and a new device of the SDK reads by it. */
  void theSdkReadsWhatOurDeviceGot() throws Exception {
    OurDevice bob = world.ours(names.apply("bob"));
    String room = world.room(bob);
    OurDevice alice = world.ours(names.apply("alice"));
    alice.joinRoom(room);
    BackupScenario.signIdentity(alice);
    String user = alice.address().userId();
    byte[] key = new byte[32];
    RandomSource.secure().nextBytes(key);
    Map<String, String> secrets = new HashMap<>();
    secrets.put(Secrets.DEHYDRATION, Base64Text.encode(key));
    for (String name : Secrets.CROSS_SIGNING) {
      secrets.put(name, exported(alice, SecretName.labelled(name).orElseThrow()));
    }
    try (OpenStorage made = BackupScenario.storage(alice).create(PASSPHRASE, secrets);
        DehydratedDevices devices = DehydratedDevices.open(alice.client(), RandomSource.secure())) {
      awaitKnown(bob, user, World.get(devices.create(key, Optional.empty())).orThrow());
    }
    alice.close();
    String message = bob.post(room, "while nobody was there").eventId();

    Peer peer = world.peer(JsSdkTest.COMMAND, new Peer.Account(user, World.password()), "SDK1");
    await().atMost(SOON).until(() -> !peer.unread(message).isEmpty());
    assertThat(peer.read()).doesNotContain(message);
    ObjectNode told = peer.call("rehydrate", Json.newObject().put("passphrase", PASSPHRASE));
    assertThat(told.path("error").asText()).isEmpty();
    assertThat(told.path("completed").asBoolean()).isTrue();
    assertThat(told.path("keys").asInt()).isPositive();
    await().atMost(SOON).until(() -> peer.read().contains(message));
  }

  private static String exported(OurDevice device, SecretName name) {
    return World.get(
        device
            .client()
            .withMachine(
                machine -> {
                  try (Secret secret = machine.crossSigning().exportSecret(name).orElseThrow()) {
                    return secret.toBase64();
                  }
                }));
  }
}

package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bounds and the routing of received keys. */
class RemoteKeysTest extends ManagerFixture {
  private static final CallMember A = member("A");

  @Test
  void emEarlyHolds256KeysAndDropsTheOldestForThe257th() {
    manager.start();
    members();
    for (int i = 0; i < EarlyKeys.MAX_KEYS; i++) {
      receive(member("D" + i), 0, 1, Optional.empty());
    }
    assertThat(status().earlyKeys()).isEqualTo(256);
    assertThat(events(KeyEvent.EarlyKeyDropped.class)).isEmpty();
    receive(member("LAST"), 0, 1, Optional.empty());
    assertThat(status().earlyKeys()).isEqualTo(256);
    assertThat(events(KeyEvent.EarlyKeyDropped.class))
        .singleElement()
        .satisfies(
            dropped -> {
              assertThat(dropped.device()).isEqualTo(member("D0").device());
              assertThat(dropped.cause()).isEqualTo(KeyEvent.DropCause.NO_ROOM);
            });
    members(member("D0"), member("D1"), member("LAST"));
    assertThat(sink.remote).containsOnlyKeys("@d1:example.org:D1", "@last:example.org:LAST");
  }

  @Test
  void emEarlyWhoComesIsGivenItsOwnKeysAndThoseOfOthersStayEarly() {
    manager.start();
    members();
    receive(A, 0, 1, Optional.empty());
    MediaKey later = key(1);
    transport.sinks.get(0).onKey(received(member("B"), 0, later));
    members(A);
    assertThat(sink.rings).containsOnlyKeys(A.mediaIdentity());
    assertThat(status().earlyKeys()).isEqualTo(1);
    time.advance(Duration.ofMinutes(5));
    assertThat(later.isDestroyed()).as("it was still to grow old").isTrue();
    assertThat(events(KeyEvent.EarlyKeyDropped.class))
        .extracting(KeyEvent.EarlyKeyDropped::device)
        .containsExactly(member("B").device());
  }

  @Test
  void emEarlyOneDeviceHolds16KeysAndThe17thPushesOutItsOwnOldest_ours() {
    manager.start();
    members();
    receive(A, 0, 1, Optional.empty());
    for (int i = 0; i < EarlyKeys.MAX_KEYS_PER_DEVICE; i++) {
      receive(member("FLOOD"), i, 1, Optional.empty());
    }
    assertThat(events(KeyEvent.EarlyKeyDropped.class)).isEmpty();
    receive(member("FLOOD"), 16, 1, Optional.empty());
    assertThat(events(KeyEvent.EarlyKeyDropped.class))
        .extracting(KeyEvent.EarlyKeyDropped::device)
        .containsExactly(member("FLOOD").device());
    members(A, member("FLOOD"));
    assertThat(sink.rings.get(A.mediaIdentity())).containsOnlyKeys(0);
    assertThat(sink.rings.get(member("FLOOD").mediaIdentity())).hasSize(16).doesNotContainKey(0);
  }

  @Test
  void emEarlyOneUserHolds64KeysAndThe65thPushesOutItsOwnOldest_ours() {
    manager.start();
    members();
    receive(A, 0, 1, Optional.empty());
    for (int i = 0; i < EarlyKeys.MAX_KEYS_PER_USER; i++) {
      receive(device("@flood:example.org", i), "id", 0, 1, Optional.empty());
    }
    assertThat(status().earlyKeys()).isEqualTo(65);
    assertThat(events(KeyEvent.EarlyKeyDropped.class)).isEmpty();
    receive(device("@flood:example.org", 64), "id", 0, 1, Optional.empty());
    assertThat(status().earlyKeys()).isEqualTo(65);
    assertThat(events(KeyEvent.EarlyKeyDropped.class))
        .extracting(KeyEvent.EarlyKeyDropped::device)
        .containsExactly(device("@flood:example.org", 0));
  }

  @Test
  void emEarlyUsersWithManyDevicesPushOutTheirOwnKeysNotThoseOfOthers_ours() {
    manager.start();
    members();
    receive(A, 0, 1, Optional.empty());
    for (int user = 0; user < 8; user++) {
      for (int i = 0; i < EarlyKeys.MAX_KEYS_PER_USER; i++) {
        receive(device("@flood" + user + ":example.org", i), "id", 0, 1, Optional.empty());
      }
    }
    receive(member("B"), 0, 1, Optional.empty());
    assertThat(status().earlyKeys()).isEqualTo(256);
    assertThat(events(KeyEvent.EarlyKeyDropped.class))
        .as("control: keys are dropped")
        .hasSize(8 * 64 + 2 - 256)
        .allMatch(dropped -> dropped.device().userId().startsWith("@flood"));
    members(A, member("B"));
    assertThat(sink.rings).containsOnlyKeys(A.mediaIdentity(), member("B").mediaIdentity());
  }

  private static DeviceAddress device(String user, int number) {
    return new DeviceAddress(user, "D" + number);
  }

  @Test
  void emEarlyAKeyIsHeldForJustUnder5MinutesAndWipedThen() {
    manager.start();
    members();
    MediaKey late = key(1);
    transport.sinks.get(0).onKey(received(A, 0, late));
    time.advance(Duration.ofMinutes(5).minusMillis(1));
    assertThat(status().earlyKeys()).isEqualTo(1);
    assertThat(late.isDestroyed()).isFalse();
    time.advanceMillis(1);
    assertThat(status().earlyKeys()).isZero();
    assertThat(late.isDestroyed()).isTrue();
    assertThat(events(KeyEvent.EarlyKeyDropped.class))
        .extracting(KeyEvent.EarlyKeyDropped::cause)
        .containsExactly(KeyEvent.DropCause.TOO_OLD);
  }

  @Test
  void emRingKeeps16KeysToReplayAndWipesTheOldest() {
    manager.start();
    members(A);
    List<MediaKey> keys = new ArrayList<>();
    for (int i = 0; i <= RemoteKeys.RING_KEYS; i++) {
      keys.add(key(i + 1));
      transport.sinks.get(0).onKey(received(A, i, keys.get(i)));
      boolean edge = i == RemoteKeys.RING_KEYS;
      assertThat(keys.get(0).isDestroyed()).as("after key %d", i).isEqualTo(edge);
    }
    sink.remote.clear();
    manager.replayKeys();
    assertThat(sink.remote(A.mediaIdentity())).hasSize(16).doesNotContain(name(0, 1));
    manager.stop();
    assertThat(keys).allMatch(MediaKey::isDestroyed);
  }

  @Test
  void emRingAReplacedKeyIsWipedAndARepeatedOneChangesNothing() {
    manager.start();
    members(A);
    MediaKey first = key(1);
    MediaKey repeated = key(1);
    MediaKey second = key(2);
    transport.sinks.get(0).onKey(received(A, 0, first));
    transport.sinks.get(0).onKey(received(A, 0, repeated));
    assertThat(first.isDestroyed()).isFalse();
    assertThat(repeated.isDestroyed()).isTrue();
    assertThat(sink.remote(A.mediaIdentity())).hasSize(1);
    transport.sinks.get(0).onKey(received(A, 0, second));
    assertThat(first.isDestroyed()).isTrue();
    assertThat(sink.rings.get(A.mediaIdentity())).containsEntry(0, second.fingerprint());
  }

  @Test
  void emRetireRemembers256DepartedDevicesAndForgetsTheFirstForThe257th() {
    manager.start();
    Set<CallMember> all = new LinkedHashSet<>();
    for (int i = 0; i <= RemoteKeys.MAX_DEPARTED; i++) {
      all.add(member("D" + i));
    }
    manager.onMembers(all);
    all.forEach(member -> receive(member, 0, 1, Optional.empty()));
    List<CallMember> order = new ArrayList<>(all);
    order.forEach(
        leaver -> {
          all.remove(leaver);
          manager.onMembers(all);
        });
    assertThat(sink.rings).isEmpty();
    members(member("D0", 5), member("D1", 5));
    assertThat(sink.rings).containsOnlyKeys(member("D1").mediaIdentity());
  }

  @Test
  void emRouteAKeyGoesToTheParticipationThatItNamesElseToAllOfTheDevice() {
    DeviceAddress device = A.device();
    CallMember state = new CallMember(device, "state", VirtualTime.START, "identity-1");
    CallMember sticky = new CallMember(device, "sticky", VirtualTime.START, "identity-2");
    manager.start();
    members(state, sticky);
    receive(device, "sticky", 0, 1, Optional.empty());
    assertThat(sink.rings).containsOnlyKeys("identity-2");
    receive(device, "a uuid", 1, 2, Optional.empty());
    assertThat(sink.rings.get("identity-1")).containsOnlyKeys(1);
    assertThat(sink.rings.get("identity-2")).containsOnlyKeys(0, 1);
    members(state, sticky);
    time.advanceMillis(60_000);
    members(state, sticky);
    assertThat(transport.log()).containsExactly("0>A,A");
  }

  @Test
  void emRouteAKeyOfOneDeviceIsNeverSetForAnother() {
    manager.start();
    members(A, member("B"));
    receive(member("B").device(), A.memberId(), 0, 1, Optional.empty());
    assertThat(sink.rings).containsOnlyKeys(member("B").mediaIdentity());
  }

  @Test
  void emStatusTellsWhoseKeyIsLackingAndWhy() {
    manager.start();
    members(A, member("B"), member("C"));
    KeyRefusal refusal =
        new KeyRefusal.BadLength(
            new KeyRefusal.Origin("@b:example.org", Optional.of(member("B").device())), 8);
    transport.sinks.get(0).onRefused(refusal);
    receive(A, 3, 1, Optional.empty());
    KeyStatus status = status();
    assertThat(status.remote().get(A))
        .isInstanceOfSatisfying(
            RemoteKeyState.Held.class, held -> assertThat(held.newest().value()).isEqualTo(3));
    assertThat(status.remote().get(member("B")))
        .isEqualTo(new RemoteKeyState.Missing(VirtualTime.START, Optional.of(refusal)));
    assertThat(status.remote().get(member("C")))
        .isEqualTo(new RemoteKeyState.Missing(VirtualTime.START, Optional.empty()));
    assertThat(events(KeyEvent.KeyRefused.class)).hasSize(1);
  }

  @Test
  void emStatusRemembers256RefusalsAndForgetsTheOldestForThe257th() {
    manager.start();
    members(member("R0"), member("R1"));
    for (int i = 0; i <= RemoteKeys.MAX_REFUSALS; i++) {
      CallMember sender = member("R" + i);
      transport
          .sinks
          .get(0)
          .onRefused(
              new KeyRefusal.BadLength(
                  new KeyRefusal.Origin(sender.device().userId(), Optional.of(sender.device())),
                  8));
      if (i == RemoteKeys.MAX_REFUSALS - 1) {
        assertThat(lastRefusal("R0")).isPresent();
      }
    }
    assertThat(lastRefusal("R0")).isEmpty();
    assertThat(lastRefusal("R1")).isPresent();
  }

  @Test
  void aKeyThatComesAfterTheStopIsWiped() {
    manager.start();
    KeyTransport.Sink detached = transport.sinks.get(0);
    manager.stop();
    MediaKey key = key(1);
    detached.onKey(received(A, 0, key));
    assertThat(key.isDestroyed()).isTrue();
    assertThat(sink.remote).isEmpty();
  }

  @Test
  void aSinkOrListenerThatThrowsDoesNotStopTheEffectsBehindIt() {
    MediaKeySink throwing =
        new MediaKeySink() {
          @Override
          public void onOwnKey(io.matrixrtc.media.KeyIndex index, MediaKey key) {
            throw new IllegalStateException("the app's bug");
          }

          @Override
          public void onRemoteKey(
              CallMember member, io.matrixrtc.media.KeyIndex index, MediaKey key) {}

          @Override
          public void onRemoteLeft(CallMember member) {}

          @Override
          public void onClosed() {}
        };
    java.util.Random random = new java.util.Random(2);
    EncryptionManager careless =
        new EncryptionManager(
            new CallContext("!room:example.org", "m.call#ROOM", OWN),
            new EncryptionManager.Settings(
                RotationPolicies.parity(),
                transport,
                throwing,
                () -> MediaKey.generate(random),
                random),
            time,
            event -> {
              throw new IllegalStateException("the app's bug");
            });
    careless.start();
    careless.onMembers(List.of(A));
    assertThat(transport.log()).containsExactly("0>A");
  }

  private Optional<KeyRefusal> lastRefusal(String device) {
    RemoteKeyState state = java.util.Objects.requireNonNull(status().remote().get(member(device)));
    return ((RemoteKeyState.Missing) state).lastRefusal();
  }

  private static ReceivedKey received(CallMember from, int index, MediaKey key) {
    return new ReceivedKey(
        from.device(),
        new SenderEvidence.OlmDevice(from.device(), Trust.CROSS_SIGNED),
        from.memberId(),
        new io.matrixrtc.media.KeyIndex(index),
        key,
        Optional.empty(),
        KeyWay.TO_DEVICE);
  }
}

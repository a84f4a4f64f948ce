package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A manager over two ways that deliver at once, and a device that may know only the old one. */
class AdaptiveKeyTransportTest {
  private static final CallMember NEW = ManagerFixture.member("NEW");
  private static final CallMember OLD = ManagerFixture.member("OLD");

  private final VirtualTime time = new VirtualTime();
  private final Way toDevice = new Way(KeyWay.TO_DEVICE);
  private final Way room = new Way(KeyWay.ROOM_EVENT);
  private final RecordingSink sink = new RecordingSink();
  private final List<KeyEvent> events = new ArrayList<>();
  private EncryptionManager manager = manager(true);

  /** A transport that is made of nothing but the interface: to add one touches no other class. */
  private static final class Way implements KeyTransport {
    final KeyWay way;
    final List<String> sent = new ArrayList<>();
    final List<Integer> retired = new ArrayList<>();
    final List<Sink> sinks = new ArrayList<>();
    boolean unsupported;
    int closed;

    Way(KeyWay way) {
      this.way = way;
    }

    @Override
    public CompletionStage<Map<CallMember, Delivery>> send(
        MediaKey key, KeyIndex index, Set<CallMember> to) {
      key.copyMaterial();
      Map<CallMember, Delivery> answers = new LinkedHashMap<>();
      Delivery no = new Delivery.Failed(Delivery.Reason.UNSUPPORTED, "unknown action");
      to.forEach(member -> answers.put(member, unsupported ? no : new Delivery.Served()));
      if (!unsupported) {
        sent.add(
            index.value()
                + ">"
                + to.stream()
                    .map(member -> member.device().deviceId())
                    .sorted()
                    .collect(Collectors.joining(",")));
      }
      return CompletableFuture.completedFuture(answers);
    }

    @Override
    public KeyWay way() {
      return way;
    }

    @Override
    public void onRetired(KeyIndex index) {
      retired.add(index.value());
    }

    @Override
    public Subscription subscribe(Sink to) {
      sinks.add(to);
      return () -> sinks.remove(to);
    }

    @Override
    public void close() {
      closed++;
    }

    void arrives(CallMember from, int index) {
      arrives(from.device(), index);
    }

    void arrives(DeviceAddress from, int index) {
      ReceivedKey key =
          new ReceivedKey(
              from,
              new SenderEvidence.OlmDevice(from, Trust.CROSS_SIGNED),
              from.userId() + ":" + from.deviceId(),
              new KeyIndex(index),
              ManagerFixture.key(index),
              Optional.empty(),
              way);
      List.copyOf(sinks).forEach(sink -> sink.onKey(key));
    }
  }

  private EncryptionManager manager(boolean fallbackAllowed) {
    Random random = new Random(1);
    return new EncryptionManager(
        new CallContext("!room:example.org", "m.call#ROOM", ManagerFixture.OWN),
        new EncryptionManager.Settings(
            RotationPolicies.parity(),
            new AdaptiveKeyTransport(toDevice, room, fallbackAllowed),
            sink,
            () -> MediaKey.generate(random),
            random),
        time,
        events::add);
  }

  @BeforeEach
  void join() {
    manager.start();
    members();
  }

  private void members(CallMember... members) {
    manager.onMembers(Arrays.asList(members));
    time.advanceMillis(10);
  }

  private List<KeyEvent.WayChanged> changes() {
    return events.stream()
        .filter(KeyEvent.WayChanged.class::isInstance)
        .map(KeyEvent.WayChanged.class::cast)
        .toList();
  }

  @Test
  void rd1AfterTheStartOnlyThePreferredWayIsUsedAndBothAreListenedTo() {
    members(NEW, OLD);
    assertThat(toDevice.sent).containsExactly("0>NEW,OLD");
    assertThat(room.sent).isEmpty();
    assertThat(toDevice.sinks).hasSize(1);
    assertThat(room.sinks).hasSize(1);
  }

  @Test
  void rd2OnlyTheDeviceThatSentAKeyByTheOldWayIsReachedByItFromThenOn_ours() {
    members(NEW, OLD);
    room.arrives(OLD, 3);
    assertThat(room.sent).as("the current key, at once (RD-5)").containsExactly("0>OLD");
    assertThat(changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.devices()).containsExactly(OLD.device());
              assertThat(change.way()).isEqualTo(KeyWay.ROOM_EVENT.asFallback());
            });
    members(NEW);
    members(NEW, OLD);
    time.advance(Duration.ofSeconds(20));
    room.arrives(OLD, 4);
    CallMember more = ManagerFixture.member("MORE");
    room.sent.clear();
    toDevice.sent.clear();
    members(NEW, OLD, more);
    assertThat(toDevice.sent).singleElement().asString().endsWith(">MORE,NEW");
    assertThat(room.sent).singleElement().asString().endsWith(">OLD");
  }

  @Test
  void rd3WhereThePreferredWayIsNotSupportedTheSameKeyGoesByTheOtherAtOnce() {
    toDevice.unsupported = true;
    members(NEW, OLD);
    assertThat(room.sent).containsExactly("0>NEW,OLD");
    assertThat(changes()).hasSize(1);
    assertThat(changes().get(0).reason()).contains("not supported");
    assertThat(sink.own).hasSize(1);
    members(NEW, OLD, ManagerFixture.member("MORE"));
    assertThat(room.sent).containsExactly("0>NEW,OLD", "0>MORE");
    assertThat(changes()).as("told once").hasSize(1);
  }

  @Test
  void rd4KeysAreTakenFromBothWaysAtAnyTime_ours() {
    members(NEW, OLD);
    room.arrives(OLD, 3);
    toDevice.arrives(NEW, 1);
    toDevice.arrives(OLD, 4);
    room.arrives(NEW, 2);
    assertThat(sink.remote(OLD.mediaIdentity())).hasSize(2);
    assertThat(sink.remote(NEW.mediaIdentity())).hasSize(2);
    assertThat(events)
        .filteredOn(KeyEvent.RemoteKeyReceived.class::isInstance)
        .extracting(event -> ((KeyEvent.RemoteKeyReceived) event).way().isFallback())
        .containsExactly(true, false, false, true);
    KeyStatus status = manager.status().toCompletableFuture().join();
    assertThat(status.remote().get(NEW))
        .isInstanceOfSatisfying(
            RemoteKeyState.Held.class,
            held -> assertThat(held.way().toString()).isEqualTo("room-event (fallback)"));
  }

  @Test
  void adEvidenceADeviceThatSendsByBothWaysIsReachedByThePreferredOne() {
    members(NEW, OLD);
    toDevice.arrives(NEW, 1);
    room.arrives(NEW, 1);
    assertThat(room.sent).isEmpty();
    assertThat(changes()).isEmpty();
    room.arrives(OLD, 1);
    assertThat(room.sent).as("control").hasSize(1);
    toDevice.sent.clear();
    toDevice.arrives(OLD, 2);
    assertThat(changes()).hasSize(2);
    assertThat(changes().get(1).way()).isEqualTo(KeyWay.TO_DEVICE);
    assertThat(toDevice.sent).containsExactly("0>OLD");
  }

  @Test
  void adReturnWhenTheLastOldClientHasLeftNothingGoesToTheRoomAnyMore() {
    members(NEW, OLD);
    room.arrives(OLD, 3);
    assertThat(room.sent).hasSize(1);
    room.sent.clear();
    toDevice.sent.clear();
    members(NEW);
    time.advance(Duration.ofSeconds(2));
    CallMember updated = ManagerFixture.member("OLD", 60);
    members(NEW, updated);
    assertThat(room.sent).isEmpty();
    assertThat(toDevice.sent).containsExactly("1>NEW", "1>OLD");
  }

  @Test
  void adOptInWithoutTheAppsPermissionSuchADeviceIsRefusedAndToldOf_ours() {
    manager.stop();
    manager = manager(false);
    manager.start();
    members(NEW, OLD);
    room.arrives(OLD, 3);
    assertThat(room.sent).isEmpty();
    assertThat(changes()).hasSize(1);
    time.advance(Duration.ofSeconds(20));
    room.sent.clear();
    members(NEW, OLD, ManagerFixture.member("MORE"));
    assertThat(room.sent).isEmpty();
    assertThat(manager.status().toCompletableFuture().join().deliveries().get(OLD))
        .isInstanceOfSatisfying(
            DeliveryState.Failed.class,
            failed -> assertThat(failed.failure().detail()).contains("does not allow"));
    assertThat(sink.remote(OLD.mediaIdentity())).as("its keys are taken").hasSize(1);
  }

  @Test
  void adBoundOnly256DevicesThatAreNotInTheCallAreRemembered() {
    members(NEW);
    DeviceAddress first = new DeviceAddress("@first:example.org", "FIRST");
    room.arrives(first, 1);
    for (int i = 1; i < AdaptiveKeyTransport.MAX_OTHERS; i++) {
      room.arrives(new DeviceAddress("@u" + i + ":example.org", "D"), 1);
    }
    CallMember joined = new CallMember(first, "m", Instant.EPOCH, "first");
    members(NEW, joined);
    assertThat(room.sent).as("remembered").containsExactly("0>FIRST");
    members(NEW);
    time.advance(Duration.ofSeconds(2));
    Set<DeviceAddress> others = new HashSet<>();
    room.arrives(first, 1);
    for (int i = 0; i <= AdaptiveKeyTransport.MAX_OTHERS; i++) {
      DeviceAddress other = new DeviceAddress("@v" + i + ":example.org", "D");
      others.add(other);
      room.arrives(other, 1);
    }
    room.sent.clear();
    members(NEW, new CallMember(first, "m2", Instant.EPOCH, "first"));
    assertThat(room.sent).as("forgotten").isEmpty();
    assertThat(others).hasSize(AdaptiveKeyTransport.MAX_OTHERS + 1);
  }

  @Test
  void rkCleanTheManagerTellsEachWayWhichKeysAreRetired() {
    members(NEW, OLD);
    members(NEW);
    time.advance(Duration.ofSeconds(2));
    assertThat(toDevice.retired).containsExactly(0);
    assertThat(room.retired).containsExactly(0);
    manager.stop();
    assertThat(room.retired).containsExactly(0, 1);
    manager.close();
    assertThat(toDevice.closed).isEqualTo(1);
    assertThat(room.closed).isEqualTo(1);
    assertThat(room.sinks).isEmpty();
  }
}

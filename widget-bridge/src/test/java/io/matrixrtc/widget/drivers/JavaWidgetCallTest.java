package io.matrixrtc.widget.drivers;

import static io.matrixrtc.widget.drivers.HostedRoom.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeliveryState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.SenderEvidence.HostAttested;
import io.matrixrtc.keys.SenderEvidence.OlmDevice;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.widget.client.RelayConnection;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A widget in Java that takes part in a call through the bridge; the other one in the call is pure
 * Java with a device of its own.
 */
class JavaWidgetCallTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static Map<DeviceAddress, DeliveryState> deliveries(JavaCall call) {
    KeyStatus status = get(call.session.keyStatus());
    return status.deliveries().entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().device(), Map.Entry::getValue));
  }

  private static ObjectNode membership(String deviceId) {
    ObjectNode content = Json.newObject().put("application", "m.call").put("call_id", "");
    content.put("scope", "m.room").put("device_id", deviceId).put("expires", 14_400_000);
    content.putObject("focus_active").put("type", "livekit").put("focus_selection", "multi_sfu");
    content.putArray("foci_preferred");
    return content;
  }

  @Test
  void clientFeedClientPublishClientRelayItExchangesKeysWithAPureJavaParticipant()
      throws Exception {
    try (HostedRoom world = new HostedRoom(true);
        BridgedWidget bridged = new BridgedWidget(world)) {
      DeviceAddress alice = world.account.address();
      DeviceAddress bob =
          new DeviceAddress(world.bob.device().userId(), world.bob.device().deviceId());
      get(world.bob.published());
      assertThat(get(bridged.ready)).isTrue();
      try (JavaCall ours =
              new JavaCall(
                  world,
                  alice,
                  bridged.widget.statePublisher(world.room),
                  bridged.widget.toDeviceChannel(),
                  true);
          JavaCall other =
              new JavaCall(
                  world, bob, world.bob.statePublisher(world.room), world.bob.toDevice(), false)) {
        get(bridged.widget.attach(world.room, ours.session));
        get(world.bob.attach(world.room, other.session)).orThrow();
        ours.join(world.room);
        other.join(world.room);
        await()
            .atMost(SOON)
            .untilAsserted(
                () -> {
                  assertThat(ours.members()).containsExactlyInAnyOrder(alice, bob);
                  assertThat(other.members()).containsExactlyInAnyOrder(alice, bob);
                  assertThat(ours.keyOf(bob)).isNotEmpty().isEqualTo(other.keyOf(bob));
                  assertThat(other.keyOf(alice)).isNotEmpty().isEqualTo(ours.keyOf(alice));
                });
        assertThat(ours.keyEvents(KeyEvent.RemoteKeyReceived.class))
            .as("the host's word for the user, and no more")
            .extracting(KeyEvent.RemoteKeyReceived::evidence)
            .containsOnly(new HostAttested(bob.userId()));
        assertThat(other.keyEvents(KeyEvent.RemoteKeyReceived.class))
            .extracting(KeyEvent.RemoteKeyReceived::evidence)
            .containsOnly(new OlmDevice(alice, Trust.CROSS_SIGNED));

        aDeviceThatCannotBeReachedIsKnownByName(world, bridged, ours, other);

        String before = ours.keyOf(alice);
        get(other.session.leave(Duration.ofSeconds(10)));
        await()
            .atMost(SOON)
            .untilAsserted(
                () -> {
                  assertThat(ours.members()).doesNotContain(bob);
                  assertThat(ours.keyOf(alice)).isNotEqualTo(before);
                });
        get(ours.session.leave(Duration.ofSeconds(10)));
        get(bridged.bridge.drain().toCompletionStage());
        assertThat(get(bridged.ended)).isEqualTo("the server is shutting down");
      }
    }
  }

  /** Across a lost connection: what the host says of each device is that device's outcome. */
  private static void aDeviceThatCannotBeReachedIsKnownByName(
      HostedRoom world, BridgedWidget bridged, JavaCall ours, JavaCall other) {
    DeviceAddress alice = world.account.address();
    DeviceAddress bob =
        new DeviceAddress(world.bob.device().userId(), world.bob.device().deviceId());
    DeviceAddress ghost = new DeviceAddress(bob.userId(), "GHOST");
    bridged.relay.drop();
    putGhost(world, membership("GHOST"));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(deliveries(ours).get(ghost)).isInstanceOf(DeliveryState.Failed.class);
              assertThat(deliveries(ours).get(bob)).isInstanceOf(DeliveryState.Served.class);
              assertThat(other.keyOf(alice)).isNotEmpty().isEqualTo(ours.keyOf(alice));
            });
    assertThat(ours.keyEvents(KeyEvent.KeyNotServed.class))
        .extracting(event -> event.member().device())
        .containsOnly(ghost);
    assertThat(bridged.resumed.get()).as("there was a new connection").isPositive();
    putGhost(world, Json.newObject());
    await().atMost(SOON).until(() -> !ours.members().contains(ghost));
  }

  /** A device of bob's that was never there. */
  private static void putGhost(HostedRoom world, ObjectNode content) {
    String stateKey = "_" + world.bob.device().userId() + "_GHOST_m.call";
    PublishOutcome published =
        get(world.bob.statePublisher(world.room).putState(CallMemberEvent.TYPE, stateKey, content));
    assertThat(published).isInstanceOf(PublishOutcome.Published.class);
  }

  @Test
  void clientRelayALinkThatIsUsedUpEndsIt() throws Exception {
    try (HostedRoom world = new HostedRoom(false);
        BridgedWidget bridged = new BridgedWidget(world)) {
      assertThat(get(bridged.ready)).as("control").isTrue();
      CompletableFuture<String> ended = new CompletableFuture<>();
      try (RelayConnection second =
          new RelayConnection(
              bridged.page,
              new RelayConnection.Listener() {
                @Override
                public void onOpened(URI widget) {
                  ended.completeExceptionally(new AssertionError("opened"));
                }

                @Override
                public void onMessage(String text) {}

                @Override
                public void onEnded(String reason) {
                  ended.complete(reason);
                }
              },
              new io.matrixrtc.keys.PoolScheduler(world.pool, InstantSource.system()))) {
        second.start();
        assertThat(get(ended)).isEqualTo("link was used");
      }
      assertThat(bridged.ended).as("the first one goes on").isNotDone();
    }
  }
}

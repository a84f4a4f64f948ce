package io.matrixrtc.interop;

import static org.awaitility.Awaitility.await;

import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.DeviceAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.TestInfo;

/**
 * The users of a scenario and their devices, on a homeserver of ours, or on one that runs already
 * (system property {@code interop.homeserver}), where each scenario has users of its own.
 */
final class Cast implements AutoCloseable {
  /** What takes longer has failed. */
  static final Duration SOON = Duration.ofSeconds(40);

  private final World world;
  private final String suffix;

  private Cast(World world, String suffix) {
    this.world = world;
    this.suffix = suffix;
  }

  /** Starts our homeserver. */
  static Cast onOurs(TestInfo test) throws Exception {
    return new Cast(new World(name(test)), "");
  }

  /** Uses the homeserver that runs. */
  static Cast onRunning(TestInfo test) {
    String suffix = "-" + UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
    URI homeserver = URI.create(System.getProperty("interop.homeserver"));
    return new Cast(new World(name(test), homeserver), suffix);
  }

  private static String name(TestInfo test) {
    return test.getTestClass().orElseThrow().getSimpleName()
        + "."
        + test.getTestMethod().orElseThrow().getName();
  }

  World world() {
    return world;
  }

  /** A device of ours, of a new user; its keys are published. */
  OurDevice ours(String user) throws Exception {
    OurDevice device = world.ours(user + suffix);
    World.get(device.client().published()); // nobody is told of it who shares no room
    return device;
  }

  /** A new user without a device. */
  Peer.Account account(String user) {
    return world.account(user + suffix);
  }

  /** A device of matrix-js-sdk, of a new user. */
  Peer sdk(String user) throws Exception {
    return sdk(account(user), "SDKDEVICE");
  }

  /** One more device of a user, of matrix-js-sdk. */
  Peer sdk(Peer.Account account, String deviceId) throws Exception {
    return world.peer(JsSdkTest.COMMAND, account, deviceId);
  }

  /** A device of matrix-nio, of a new user. */
  Peer nio(String user) throws Exception {
    return world.peer(NioTest.COMMAND, account(user), "NIODEVICE");
  }

  /** Waits until all know each other's devices. */
  static void acquaint(List<OurDevice> ours, List<Peer> peers) {
    for (OurDevice device : ours) {
      for (OurDevice other : ours) {
        device.follow(other.address().userId());
        await().atMost(SOON).until(() -> device.knows(other.address()));
      }
    }
    for (Peer peer : peers) {
      for (OurDevice device : ours) {
        device.follow(peer.address().userId());
        await().atMost(SOON).until(() -> device.knows(peer.address()));
        await().atMost(SOON).until(() -> peer.knows(device.address()));
      }
      for (Peer other : peers) {
        await().atMost(SOON).until(() -> peer == other || peer.knows(other.address()));
      }
    }
  }

  static UserDevice device(DeviceAddress address) {
    return new UserDevice(address.userId(), address.deviceId());
  }

  @Override
  public void close() throws Exception {
    world.close();
  }
}

package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static io.matrixrtc.client.TestDevice.TYPE;
import static io.matrixrtc.client.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.client.FaultyHttp.Fault;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Whatever the network does, and however often a process dies: each delivery ends once for each
 * device, and what was taken arrives once, in order.
 */
class DeliveryUnderFaultsTest {
  private static final List<String> USERS =
      List.of("@alice:hs.test", "@bob:hs.test", "@carol:other.test");

  /** One device through all its lives. */
  private static final class Peer {
    final MatrixSession session;
    final MemoryCryptoStore store = new MemoryCryptoStore();
    final FaultyHttp http;
    final List<TestDevice> lives = new ArrayList<>();
    MortalScheduler process;

    Peer(MatrixSession session, FaultyHttp http, MortalScheduler process) {
      this.session = session;
      this.http = http;
      this.process = process;
    }

    DeviceAddress address() {
      return new DeviceAddress(session.userId(), session.deviceId());
    }

    TestDevice device() {
      return lives.get(lives.size() - 1);
    }

    List<String> received() {
      return lives.stream().flatMap(life -> life.received.stream()).toList();
    }
  }

  /** One message: what was asked for, and what came of it. */
  private record Sent(
      int sender,
      int life,
      String text,
      Set<DeviceAddress> to,
      CompletableFuture<Map<DeviceAddress, Outcome>> end) {}

  private static final class World {
    final VirtualTime time = new VirtualTime();
    final HomeserverDouble homeserver = new HomeserverDouble(time);
    final SplittableRandom random;
    final EnumMap<Fault, Integer> met;
    final List<Peer> peers = new ArrayList<>();
    final List<Sent> all = new ArrayList<>();

    World(SplittableRandom random, EnumMap<Fault, Integer> met) throws Exception {
      this.random = random;
      this.met = met;
      for (String user : USERS) {
        AccessToken token = homeserver.login(user, "DEVICE");
        Peer peer =
            new Peer(
                new MatrixSession(URI.create("http://double.test"), user, "DEVICE", token),
                new FaultyHttp(homeserver, time, random.split(), met),
                new MortalScheduler(time));
        peers.add(peer);
        open(peer);
      }
      time.advance(Duration.ofSeconds(5));
    }

    void open(Peer peer) throws Exception {
      peer.process = new MortalScheduler(time);
      TestDevice life =
          new TestDevice(peer.session, peer.http, peer.process, ALL, peer.store, random.nextLong());
      peer.lives.add(life);
      life.client.start();
    }

    void faults(int percent) {
      peers.forEach(peer -> peer.http.percent = percent);
    }

    void sendOne() {
      int from = random.nextInt(peers.size());
      Peer sender = peers.get(from);
      Set<DeviceAddress> to = new HashSet<>();
      for (Peer peer : peers) {
        if (peer != sender && random.nextInt(3) > 0) {
          to.add(peer.address());
        }
      }
      String text = "message " + all.size();
      all.add(
          new Sent(
              from,
              sender.lives.size(),
              text,
              to,
              sender.device().client.toDevice().send(TYPE, text(text), to).toCompletableFuture()));
    }

    void pass(int maxMillis) {
      time.advanceMillis(random.nextInt(maxMillis));
    }

    /** Calm weather for longer than any wait. */
    void settle() {
      faults(0);
      time.advance(Duration.ofMinutes(10));
    }

    boolean isFromALifeThatEnded(Sent sent) {
      return sent.life < peers.get(sent.sender).lives.size();
    }

    /** Returns how many messages arrived. */
    int judge() {
      int arrived = 0;
      for (Sent sent : all) {
        boolean cut = isFromALifeThatEnded(sent) && !sent.end.isDone();
        if (!cut) {
          assertThat(sent.end).as(sent.text).isCompleted();
          assertThat(sent.end.join()).as(sent.text).containsOnlyKeys(sent.to);
        }
        for (Peer peer : peers) {
          long times = peer.received().stream().filter(sent.text::equals).count();
          Outcome outcome = cut ? null : sent.end.join().get(peer.address());
          if (!sent.to.contains(peer.address())) {
            assertThat(times).isZero();
          } else if (outcome instanceof Outcome.Sent) {
            assertThat(times).as("%s to %s", sent.text, peer.address()).isEqualTo(1);
          } else if (cut || outcome instanceof Outcome.Failed) {
            // it gave up, or died, not knowing whether the homeserver had taken it
            assertThat(times).as("%s to %s", sent.text, peer.address()).isLessThanOrEqualTo(1);
          } else {
            assertThat(times).as("%s to %s: %s", sent.text, peer.address(), outcome).isZero();
          }
          arrived += (int) times;
        }
      }
      return arrived;
    }

    /** PUMP-ORDER: from one life of a sender, in the order in which it was asked. */
    void judgeOrder() {
      for (Peer peer : peers) {
        for (int sender = 0; sender < peers.size(); sender++) {
          int from = sender;
          List<String> asked =
              all.stream().filter(sent -> sent.sender == from).map(Sent::text).toList();
          assertThat(peer.received().stream().filter(asked::contains).toList())
              .isSortedAccordingTo((a, b) -> asked.indexOf(a) - asked.indexOf(b));
        }
      }
    }
  }

  private static EnumMap<Fault, Integer> noFaults() {
    return new EnumMap<>(Fault.class);
  }

  @Test
  void httpRetryWhateverTheNetworkDoesEachDeliveryEndsOnceAndArrivesOnce() {
    EnumMap<Fault, Integer> met = noFaults();
    int[] counts = new int[2];
    Cases.run(
        "delivery under faults",
        25,
        250,
        (seed, random) -> {
          World world = new World(random, met);
          world.faults(10 + random.nextInt(50));
          for (int i = 0; i < 30; i++) {
            world.sendOne();
            world.pass(3_000);
          }
          world.settle();
          counts[0] += world.judge();
          counts[1] += world.all.stream().mapToInt(sent -> sent.to.size()).sum();
          world.judgeOrder();
        });
    assertThat(met).as("every fault was met").containsOnlyKeys(Fault.values());
    System.out.printf("delivery under faults: %d of %d arrived%n", counts[0], counts[1]);
    assertThat(counts[0]).as("the control: most arrive").isGreaterThan(counts[1] / 2);
  }

  @Test
  void syncResumeProcessesDieAtAnyMomentAndNothingComesTwice() {
    EnumMap<Fault, Integer> met = noFaults();
    int[] counts = new int[2];
    Cases.run(
        "delivery with deaths",
        25,
        250,
        (seed, random) -> {
          World world = new World(random, met);
          world.faults(random.nextInt(40));
          for (int i = 0; i < 30; i++) {
            world.sendOne();
            world.pass(2_000);
            if (random.nextInt(4) == 0) {
              Peer victim = world.peers.get(random.nextInt(world.peers.size()));
              victim.process.kill();
              world.pass(5_000);
              world.open(victim);
              counts[0]++;
            }
          }
          world.settle();
          counts[1] += world.judge();
          world.sendOne(); // whatever happened, the sessions still work
          world.settle();
          world.judge();
        });
    assertThat(counts[0]).as("deaths").isPositive();
    assertThat(counts[1]).as("the control: arrivals").isPositive();
  }
}

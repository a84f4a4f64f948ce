package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Three machines, a server that reorders and repeats, and crashes between any two steps: whatever
 * was sent arrives exactly once, and names its sender.
 */
class RandomScheduleTest {
  private static final String TYPE = "org.example.test";
  private static final int STEPS = 60;

  /** So few that no receiving chain is forgotten before its messages come. */
  private static final int MAX_WAITING = 4;

  @Test
  void whatWasSentArrivesOnce() {
    Cases.run("e2ee random schedules", 25, 300, (seed, random) -> new Run(seed, random).go());
  }

  private static final class Run {
    private final SplittableRandom random;
    private final MachineNetwork network;
    private final Map<UserDevice, MemoryCryptoStore> stores = new HashMap<>();
    private final List<OlmMachine> machines = new ArrayList<>();
    private final Map<UserDevice, List<JsonNode>> seenBefore = new HashMap<>();
    private final Map<Integer, UserDevice> senderOf = new HashMap<>();
    private final Map<Integer, UserDevice> receiverOf = new HashMap<>();
    private final Map<Integer, Integer> arrivals = new HashMap<>();
    private int sent;

    Run(long seed, SplittableRandom random) throws Exception {
      this.random = random;
      this.network = new MachineNetwork(seed);
      for (String user : List.of("@a:x.org", "@b:x.org", "@c:x.org")) {
        UserDevice device = new UserDevice(user, "D");
        stores.put(device, new MemoryCryptoStore());
        machines.add(open(device));
      }
      network.introduce(machines.toArray(OlmMachine[]::new));
    }

    private OlmMachine open(UserDevice device) throws Exception {
      return network.open(
          device, MachineNetwork.ALL, stores.getOrDefault(device, new MemoryCryptoStore()));
    }

    void go() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        network.pass(Duration.ofSeconds(random.nextInt(20)));
        int who = random.nextInt(machines.size());
        switch (random.nextInt(10)) {
          case 0 -> machines.set(who, open(machines.get(who).device())); // a crash: no close
          case 1 -> replay(machines.get(who));
          case 2, 3, 4 -> receive(machines.get(who));
          default -> send(machines.get(who), machines.get(random.nextInt(machines.size())));
        }
      }
      for (OlmMachine machine : machines) {
        while (waiting(machine) > 0) {
          receive(machine);
        }
      }
      assertThat(arrivals.keySet()).isEqualTo(receiverOf.keySet());
      assertThat(arrivals.values()).allMatch(count -> count == 1);
    }

    private int waiting(OlmMachine machine) {
      return network.queues.getOrDefault(machine.device(), List.of()).size();
    }

    private void send(OlmMachine from, OlmMachine to) throws Exception {
      if (from.device().equals(to.device()) || waiting(to) >= MAX_WAITING) {
        return;
      }
      int number = sent++;
      Map<UserDevice, DeliveryOutcome> outcomes =
          network.deliver(from, TYPE, Json.newObject().put("n", number), to.device());
      assertThat(outcomes).containsEntry(to.device(), new DeliveryOutcome.Sent());
      senderOf.put(number, from.device());
      receiverOf.put(number, to.device());
    }

    /** One sync with some of what waits, in any order, maybe with a repetition. */
    private void receive(OlmMachine machine) throws Exception {
      List<JsonNode> queue =
          new ArrayList<>(network.queues.getOrDefault(machine.device(), List.of()));
      List<JsonNode> some = new ArrayList<>();
      int take = queue.isEmpty() ? 0 : 1 + random.nextInt(queue.size());
      for (int i = 0; i < take; i++) {
        some.add(queue.remove(random.nextInt(queue.size())));
      }
      network.queues.put(machine.device(), queue);
      if (!some.isEmpty() && random.nextInt(4) == 0) {
        some.add(some.get(random.nextInt(some.size())));
      }
      List<JsonNode> seen = seenBefore.computeIfAbsent(machine.device(), d -> new ArrayList<>());
      Set<JsonNode> fresh = new HashSet<>(some);
      check(machine, network.sync(machine, some), fresh.size());
      seen.addAll(fresh);
      network.settle(machine);
    }

    private void replay(OlmMachine machine) throws Exception {
      List<JsonNode> seen = seenBefore.getOrDefault(machine.device(), List.of());
      if (!seen.isEmpty()) {
        JsonNode event = seen.get(random.nextInt(seen.size()));
        List<ToDeviceResult> results = network.sync(machine, List.of(event));
        assertThat(results)
            .singleElement()
            .isInstanceOfSatisfying(
                ToDeviceResult.UnableToDecrypt.class,
                refused -> assertThat(refused.reason()).isEqualTo(UndecryptableReason.REPLAYED));
      }
    }

    private void check(OlmMachine machine, List<ToDeviceResult> results, int expected) {
      int decrypted = 0;
      for (ToDeviceResult result : results) {
        if (result instanceof ToDeviceResult.Decrypted event) {
          decrypted++;
          int number = event.content().path("n").intValue();
          arrivals.merge(number, 1, Integer::sum);
          assertThat(receiverOf).containsEntry(number, machine.device());
          assertThat(senderOf)
              .containsEntry(
                  number,
                  new UserDevice(event.info().sender(), event.info().senderDevice().orElseThrow()));
        } else {
          assertThat(result)
              .isInstanceOfSatisfying(
                  ToDeviceResult.UnableToDecrypt.class,
                  refused -> assertThat(refused.reason()).isEqualTo(UndecryptableReason.REPLAYED));
        }
      }
      assertThat(decrypted).isEqualTo(expected);
    }
  }
}

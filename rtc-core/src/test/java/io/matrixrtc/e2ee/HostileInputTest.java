package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Events and answers in which anything was replaced by anything: a value, never an exception. */
class HostileInputTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int ROUNDS = 10;

  @Test
  void anyDamagedEventIsRefusedAndTheGoodOneStillWorks() {
    int[] refused = {0};
    Cases.run(
        "damaged to-device events, " + ROUNDS + " rounds each",
        20,
        1_500 / ROUNDS,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine alice = network.open("@alice:x.org", "A");
          OlmMachine bob = network.open("@bob:x.org", "B");
          network.introduce(alice, bob);
          for (int round = 0; round < ROUNDS; round++) {
            // Making keys costs most of a case; so pre-key and normal messages of one session
            // follow.
            boolean answer = round % 3 == 2;
            refused[0] +=
                answer ? round(network, bob, alice, random) : round(network, alice, bob, random);
          }
        });
    assertThat(refused[0]).isGreaterThan(20 * ROUNDS * 4);
  }

  /** Returns how many damaged events were refused before the good one was read. */
  private static int round(
      MachineNetwork network, OlmMachine from, OlmMachine to, SplittableRandom random)
      throws Exception {
    network.deliver(from, "t", Json.newObject().put("n", 1), to.device());
    JsonNode good = network.queues.getOrDefault(to.device(), List.of()).get(0);
    network.queues.remove(to.device());
    List<JsonNode> damaged = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      JsonNode bad = damaged(good, random);
      if (!isStillTheSame(good, bad)) {
        damaged.add(bad);
      }
    }
    assertThat(network.sync(to, damaged))
        .hasSameSizeAs(damaged)
        .noneMatch(ToDeviceResult.Decrypted.class::isInstance);
    assertThat(network.sync(to, List.of(good)))
        .allMatch(ToDeviceResult.Decrypted.class::isInstance);
    return damaged.size();
  }

  /**
   * Whether nothing differs that decides about decryption. A changed sender does not: such an event
   * uses its message key up before it is refused, which {@link ToDeviceChecksTest} covers.
   */
  private static boolean isStillTheSame(JsonNode good, JsonNode bad) {
    for (String pointer : List.of("/type", "/content/algorithm", "/content/sender_key")) {
      if (!good.at(pointer).equals(bad.at(pointer))) {
        return false;
      }
    }
    return good.at("/content/ciphertext").equals(bad.at("/content/ciphertext"));
  }

  @Test
  void anyDamagedAnswerIsSurvived() {
    Cases.run(
        "damaged key answers, to " + ROUNDS + " machines each",
        15,
        1_500 / ROUNDS,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine bob = network.open("@bob:x.org", "B");
          for (int round = 0; round < ROUNDS; round++) {
            survives(network, "@alice" + round + ":x.org", bob, random);
          }
        });
  }

  private static void survives(
      MachineNetwork network, String user, OlmMachine bob, SplittableRandom random)
      throws Exception {
    OlmMachine alice = network.open(user, "A");
    network.introduce(alice, bob);
    alice.trackUsers(Set.of("@bob:x.org"), network.now);
    network.sync(alice, List.of(), Set.of("@bob:x.org", user));
    alice.deliver("t", Json.newObject(), Set.of(bob.device()), network.now);
    for (int round = 0; round < 4; round++) {
      for (OutgoingRequest request : alice.outgoingRequests(network.now)) {
        JsonNode answer = damaged(network.carryOut(alice.device(), request), random);
        alice.markSent(
            request.id(),
            answer instanceof ObjectNode object ? object : Json.newObject(),
            network.now);
      }
      network.pass(FailureBackoff.LONGEST);
    }
    alice.takeCompletedDeliveries();
    network.sync(alice, List.of(), Set.of("@bob:x.org"));
    assertThat(network.deliver(alice, "t", Json.newObject(), bob.device()))
        .containsEntry(bob.device(), new DeliveryOutcome.Sent());
    network.queues.remove(bob.device());
  }

  @Test
  void noDamagedAnswerGivesAUserAnotherIdentity() {
    Cases.run(
        "damaged identities",
        150,
        1_000,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine bob = network.open("@bob:x.org", "B");
          network.introduce(network.open("@alice:x.org", "A"), bob);
          TestIdentity alice = network.newIdentity("@alice:x.org");
          network.sync(bob, List.of(), Set.of("@alice:x.org"));
          for (int round = 0; round < 4; round++) {
            for (OutgoingRequest request : bob.outgoingRequests(network.now)) {
              ObjectNode answer = (ObjectNode) network.carryOut(bob.device(), request);
              for (String kind : List.of("master_keys", "self_signing_keys")) {
                if (answer.has(kind) && random.nextBoolean()) {
                  answer.set(kind, damaged(answer.path(kind), random));
                }
              }
              bob.markSent(request.id(), answer, network.now);
            }
            network.sync(bob, List.of(), Set.of("@alice:x.org"));
            bob.identity("@alice:x.org")
                .ifPresent(known -> assertThat(known.master().key()).isEqualTo(alice.key()));
            network.pass(FailureBackoff.LONGEST);
          }
          network.settle(bob);
          assertThat(bob.identityState("@alice:x.org")).contains(IdentityState.UNVERIFIED);
        });
  }

  @Test
  void anyDamagedRoomKeyAndRoomEventIsRefusedAndTheGoodOneStillWorks() {
    Cases.run(
        "damaged room keys and events, " + ROUNDS + " rounds each",
        15,
        1_500 / ROUNDS,
        (seed, random) -> {
          MachineNetwork network = new MachineNetwork(seed);
          OlmMachine alice = network.open("@alice:x.org", "A");
          OlmMachine bob = network.open("@bob:x.org", "B");
          network.introduce(alice, bob);
          for (int round = 0; round < ROUNDS; round++) {
            roomKeyAndEvent(network, alice, bob, random);
          }
        });
  }

  private static void roomKeyAndEvent(
      MachineNetwork network, OlmMachine alice, OlmMachine bob, SplittableRandom random)
      throws Exception {
    TestRoomSession session = new TestRoomSession("!r:x.org", network.random());
    ObjectNode key = session.roomKey();
    for (int i = 0; i < 4; i++) {
      JsonNode bad = damaged(key, random);
      if (isWritable(bad)) {
        network.deliver(alice, "m.room_key", (ObjectNode) bad, bob.device());
      }
    }
    network.sync(bob);
    network.deliver(alice, "m.room_key", key, bob.device());
    network.sync(bob);
    ObjectNode good = session.event("$1", "@alice:x.org", "hello");
    for (int i = 0; i < 8; i++) {
      JsonNode bad = damaged(good, random);
      if (!good.at("/content/session_id").equals(bad.at("/content/session_id"))
          || !isStillTheSame(good, bad)) {
        assertThat(bob.decryptRoomEvent("!r:x.org", (ObjectNode) bad))
            .isInstanceOf(RoomEventResult.UnableToDecrypt.class);
      }
    }
    assertThat(bob.decryptRoomEvent("!r:x.org", good))
        .isInstanceOf(RoomEventResult.Decrypted.class);
  }

  /** Whether the event can leave at all: halves of surrogate pairs cannot. */
  static boolean isWritable(JsonNode node) {
    try {
      Json.mapper().writeValueAsBytes(node);
      return true;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** A copy with one node, somewhere, replaced, removed or altered. */
  static JsonNode damaged(JsonNode node, SplittableRandom random) {
    JsonNode copy = node.deepCopy();
    List<ObjectNode> objects = new ArrayList<>();
    collect(copy, objects);
    ObjectNode object = objects.get(random.nextInt(objects.size()));
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      object.put("added", true);
      return copy;
    }
    String name = names.get(random.nextInt(names.size()));
    if (random.nextInt(4) == 0) {
      object.remove(name);
    } else {
      object.set(name, anything(object.path(name), random));
    }
    return copy;
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
    }
    node.forEach(child -> collect(child, objects));
  }

  private static JsonNode anything(JsonNode old, SplittableRandom random) {
    return switch (random.nextInt(9)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.numberNode(random.nextLong());
      case 2 -> NODES.numberNode(random.nextDouble());
      case 3 -> NODES.booleanNode(random.nextBoolean());
      case 4 -> NODES.textNode("\u0000\uD800" + random.nextInt());
      case 5 -> NODES.objectNode().set("x", old);
      case 6 -> array(old);
      default -> old.isTextual() ? flipped(old.textValue(), random) : NODES.textNode("");
    };
  }

  private static ArrayNode array(JsonNode old) {
    return NODES.arrayNode().add(old);
  }

  private static JsonNode flipped(String text, SplittableRandom random) {
    if (text.isEmpty()) {
      return NODES.textNode("A");
    }
    StringBuilder changed = new StringBuilder(text);
    int at = random.nextInt(text.length());
    changed.setCharAt(at, changed.charAt(at) == 'A' ? 'B' : 'A');
    return NODES.textNode(changed.toString());
  }
}

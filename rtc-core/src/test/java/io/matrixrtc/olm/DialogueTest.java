package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Two devices over a network that loses, delays, repeats and alters messages, with states stored
 * and loaded in between: exactly what the limits on paper allow is read, each message once.
 */
class DialogueTest {
  private static final StateKey KEY = StateKey.generate(ScriptedRandom.seeded(1));

  private record Flight(NormalMessage message, int number) {}

  /** One direction of the dialogue. */
  private static final class Line {
    final DialogueModel model = new DialogueModel();
    final List<Flight> inFlight = new ArrayList<>();
    int sent;
  }

  @Test
  void readsWhatTheLimitsAllowAndNothingTwice_OLM_ONCE() {
    Map<String, Integer> seen = new HashMap<>();
    Cases.run("olm-dialogue", 60, 1_500, (seed, random) -> dialogue(random, seen));
    assertThat(seen).containsKeys("read", "refused", "forged", "reloaded", "burst");
    assertThat(seen.get("read")).isGreaterThan(1_000);
  }

  private static void dialogue(SplittableRandom random, Map<String, Integer> seen)
      throws Exception {
    SessionConfig config = random.nextInt(8) == 0 ? SessionConfig.V2 : SessionConfig.V1;
    Pair pair = Pair.connected(config, random.split());
    Line toBob = new Line();
    Line toAlice = new Line();
    toBob.model.receives(new Probe(pair).firstMessage());
    for (int step = 0; step < 120; step++) {
      boolean aliceActs = random.nextBoolean();
      Line out = aliceActs ? toBob : toAlice;
      Line in = aliceActs ? toAlice : toBob;
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> send(pair, aliceActs, out, 1 + random.nextInt(3), random);
        case 3 -> {
          int many = random.nextInt(40) == 0 ? 1_900 + random.nextInt(250) : random.nextInt(60);
          send(pair, aliceActs, out, many, random);
          seen.merge("burst", 1, Integer::sum);
        }
        case 4 -> reload(pair, aliceActs, random, seen);
        default -> receive(pair, aliceActs, in, random, seen);
      }
    }
  }

  /** The message that Pair has delivered already. */
  private record Probe(Pair pair) {
    NormalMessage firstMessage() {
      Curve25519PublicKey key = pair.bob.receiving().newest().ratchetKey();
      return NormalMessage.seal(
          pair.bob.config(), key, new MessageKey(new byte[32], 0), new byte[0]);
    }
  }

  private static void send(Pair pair, boolean alice, Line out, int count, SplittableRandom random)
      throws Exception {
    for (int i = 0; i < count; i++) {
      byte[] text = ByteBuffer.allocate(4 + random.nextInt(40)).putInt(out.sent).array();
      OlmMessage message = (alice ? pair.alice : pair.bob).encrypt(text);
      OlmMessage arriving = OlmMessage.decode(message.type(), message.encode());
      NormalMessage normal =
          arriving instanceof PreKeyMessage preKey ? preKey.message() : (NormalMessage) arriving;
      if (count < 100 ? random.nextInt(8) != 0 : i > count - 3) {
        out.inFlight.add(new Flight(normal, out.sent));
      }
      out.sent++;
    }
  }

  private static void receive(
      Pair pair, boolean alice, Line in, SplittableRandom random, Map<String, Integer> seen)
      throws Exception {
    if (in.inFlight.isEmpty()) {
      return;
    }
    int at = random.nextInt(3) == 0 ? random.nextInt(in.inFlight.size()) : 0;
    boolean repeated = random.nextInt(6) == 0;
    Flight flight = repeated ? in.inFlight.get(at) : in.inFlight.remove(at);
    Session session = alice ? pair.alice : pair.bob;
    if (random.nextInt(3) == 0) {
      forge(session, flight.message(), random);
      seen.merge("forged", 1, Integer::sum);
    }
    boolean readable = in.model.receives(flight.message());
    String before = readable ? "" : States.of(session);
    try {
      byte[] text = session.decrypt(flight.message());
      assertThat(readable).as("message %s may be read", flight).isTrue();
      assertThat(ByteBuffer.wrap(text).getInt()).isEqualTo(flight.number());
      seen.merge("read", 1, Integer::sum);
    } catch (OlmException e) {
      assertThat(readable).as("message %s must be read, but: %s", flight, e).isFalse();
      assertThat(States.of(session)).isEqualTo(before);
      seen.merge("refused", 1, Integer::sum);
    }
  }

  /**
   * A message with one bit changed is refused and changes nothing; the caller sends the real one.
   * It may still spell the same fields: index 0 may as well be missing (OLM-CANON).
   */
  private static void forge(Session session, NormalMessage message, SplittableRandom random) {
    byte[] body = message.encode();
    int bit = random.nextInt(8 * body.length);
    body[bit / 8] ^= (byte) (1 << bit % 8);
    String before = States.of(session);
    try {
      NormalMessage forged = NormalMessage.decode(body);
      if (Arrays.equals(forged.encode(), message.encode())) {
        return;
      }
      session.decrypt(forged);
      throw new AssertionError("a forged message was read, bit " + bit);
    } catch (OlmException e) {
      assertThat(States.of(session)).isEqualTo(before);
    }
  }

  private static void reload(
      Pair pair, boolean alice, SplittableRandom random, Map<String, Integer> seen)
      throws Exception {
    Session session = alice ? pair.alice : pair.bob;
    byte[] sealed = session.seal(KEY, ScriptedRandom.of(random));
    Session loaded = Session.unseal(KEY, sealed, ScriptedRandom.of(random.split()));
    assertThat(States.of(loaded)).isEqualTo(States.of(session));
    if (alice) {
      pair.alice = loaded;
    } else {
      pair.bob = loaded;
    }
    seen.merge("reloaded", 1, Integer::sum);
  }
}

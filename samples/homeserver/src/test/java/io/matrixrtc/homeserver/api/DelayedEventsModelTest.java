package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.http.BindFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random use of delayed events against a list in memory. */
class DelayedEventsModelTest extends ServerTest {
  private static final int STEPS = 40;

  /** A scheduled event as the test expects it. */
  private record Expected(String body, long delay, long sendAt) {}

  private final Map<String, Expected> scheduled = new LinkedHashMap<>();
  private final List<String> sent = new ArrayList<>();
  private Client alice;
  private String room;

  @Test
  void eachGoesOutOnceAtItsTimeOrNever_HS_DELAY_SCHEDULE() throws BindFailed {
    alice = register("alice");
    int cases = System.getProperty("matrixrtc.tier", "first").equals("full") ? 25 : 3;
    for (long seed = Long.getLong("cases.seed", 0); seed < cases; seed++) {
      room = alice.createRoom("{}");
      scheduled.clear();
      sent.clear();
      SplittableRandom random = new SplittableRandom(seed);
      for (int step = 0; step < STEPS; step++) {
        act(random, step);
        assertThat(shown())
            .as("seed %d, step %d (replay: -Dcases.seed=%d)", seed, step, seed)
            .isEqualTo(sent);
      }
      advance(100_000);
      assertThat(shown()).as("seed %d, the end", seed).isEqualTo(sent);
      assertThat(alice.get(DelayedEventsTest.UNSTABLE).ok().path("delayed_events")).isEmpty();
    }
  }

  private void act(SplittableRandom random, int step) throws BindFailed {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> schedule(1 + random.nextInt(10_000), step);
      case 3 -> manage(random, "cancel");
      case 4 -> manage(random, "restart");
      case 5 -> manage(random, "send");
      case 6 -> advance(random.nextInt(5_000));
      default -> {
        // Down for a while: what was due meanwhile goes out at the start.
        server.close();
        long down = random.nextInt(5_000);
        time.advance(Duration.ofMillis(down));
        server.restart();
        expectDue();
      }
    }
  }

  private void schedule(long delay, int step) {
    String body = room + "-" + step;
    String id =
        alice
            .put(
                Client.room(
                    room, "send/m.room.message/t" + step + "?org.matrix.msc4140.delay=" + delay),
                "{'body':'" + body + "'}")
            .ok()
            .path("delay_id")
            .asText();
    scheduled.put(id, new Expected(body, delay, now() + delay));
  }

  private void manage(SplittableRandom random, String action) {
    if (scheduled.isEmpty()) {
      return;
    }
    List<String> ids = List.copyOf(scheduled.keySet());
    String id = ids.get(random.nextInt(ids.size()));
    nobody().post(DelayedEventsTest.UNSTABLE + "/" + id + "/" + action, "").ok();
    Expected event = scheduled.remove(id);
    if (action.equals("send")) {
      sent.add(event.body());
    } else if (action.equals("restart")) {
      scheduled.put(id, new Expected(event.body(), event.delay(), now() + event.delay()));
    }
  }

  private void advance(long millis) {
    time.advance(Duration.ofMillis(millis));
    expectDue();
  }

  // Those of the same millisecond go out in the order of their ids.
  private void expectDue() {
    List<String> due =
        scheduled.keySet().stream()
            .filter(id -> scheduled.get(id).sendAt() <= now())
            .sorted(
                Comparator.comparing((String id) -> scheduled.get(id).sendAt())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    due.forEach(id -> sent.add(scheduled.remove(id).body()));
  }

  private long now() {
    return time.instant().toEpochMilli();
  }

  private List<String> shown() {
    JsonNode page = alice.get(Client.room(room, "messages?dir=f&limit=500")).ok();
    return each(page.path("chunk"), "/content/body").stream().filter(b -> !b.isEmpty()).toList();
  }
}

package io.matrixrtc.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ForeignSession.Keys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is made of the messages between a widget and its host. */
class KeyTrafficTest {
  private static final String TO_BOB =
      """
      {"api":"fromWidget","action":"send_to_device","response":{%s},
       "data":{"type":"io.element.call.encryption_keys","encrypted":true,"messages":
        {"@bob:x":{"BOB":{"keys":{"index":%d,"key":"%s"}},"TAB":{"keys":{"index":%d,"key":"%s"}}}}}}
      """;
  private static final String ONE = "AAAAAAAAAAAAAAAAAAAAAA";
  private static final String TWO = "AQEBAQEBAQEBAQEBAQEBAQ==";

  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final Told told = new Told();
  private final KeyTraffic traffic = new KeyTraffic(Duration.ofSeconds(2), timer);

  private static final class Told implements Keys {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void onOwnKey(int index, byte[] material) {
      lines.add("use " + index + " " + material[0]);
    }

    @Override
    public void onRemoteKey(DeviceAddress owner, int index, byte[] material) {
      lines.add("got " + index + " " + material[0] + " of " + owner.deviceId());
    }

    @Override
    public void onServed(DeviceAddress to, int index, byte[] material) {
      lines.add("gave " + index + " " + material[0] + " to " + to.deviceId());
    }

    @Override
    public void onNotServed(DeviceAddress to, int index, byte[] material, String reason) {
      lines.add("kept " + index + " from " + to.deviceId());
    }
  }

  @BeforeEach
  void begin() {
    traffic.begin(told);
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private static String toBob(String response, int index, String key) {
    return TO_BOB.formatted(response, index, key, index, key);
  }

  @Test
  void aReplySaysWhatWasSentToWhomAndTheFirstKeyIsUsedAtOnce() {
    traffic.onPosted(toBob("", 0, ONE));
    assertThat(told.lines).containsExactly("gave 0 0 to BOB", "use 0 0", "gave 0 0 to TAB");
  }

  @Test
  void whoIsInTheFailuresWasNotServed() {
    traffic.onPosted(toBob("\"failures\":{\"@bob:x\":[\"TAB\"]}", 0, ONE));
    assertThat(told.lines).containsExactly("gave 0 0 to BOB", "use 0 0", "kept 0 from TAB");
  }

  @Test
  void whereTheHostSaysNoNobodyWasServed() {
    traffic.onPosted(toBob("\"error\":{\"message\":\"no\"}", 0, ONE));
    assertThat(told.lines).containsExactly("kept 0 from BOB", "use 0 0", "kept 0 from TAB");
  }

  @Test
  void aLaterKeyIsUsedAfterTheDelayAndOnceOnly() {
    traffic.onPosted(toBob("", 0, ONE));
    traffic.onPosted(toBob("", 1, TWO));
    assertThat(told.lines).endsWith("gave 1 1 to BOB", "gave 1 1 to TAB");
    await().atMost(Duration.ofSeconds(30)).until(() -> told.lines.contains("use 1 1"));
    traffic.onPosted(toBob("", 1, TWO));
    assertThat(told.lines).filteredOn(line -> line.startsWith("use 1")).hasSize(1);
  }

  @Test
  void aKeyOfAnotherIsItsWhomTheHostNames() {
    traffic.onPosted(
        """
        {"api":"toWidget","action":"send_to_device","data":{"type":"io.element.call.encryption_keys",
         "sender":"@bob:x","encrypted":true,
         "content":{"keys":{"index":3,"key":"%s"},"member":{"claimed_device_id":"BOB"}}}}
        """
            .formatted(TWO));
    assertThat(told.lines).containsExactly("got 3 1 of BOB");
  }

  @Test
  void otherMessagesAndThoseOfAnEndedCallSayNothing() {
    traffic.onPosted(toBob("", 0, ONE).replace("\"response\"", "\"other\""));
    traffic.onPosted(toBob("", 0, ONE).replace("fromWidget", "toWidget"));
    traffic.onPosted(toBob("", 0, ONE).replace("encryption_keys", "other"));
    traffic.onPosted("{\"api\":\"toWidget\",\"action\":\"theme_change\"}");
    traffic.end();
    traffic.onPosted(toBob("", 0, ONE));
    assertThat(told.lines).isEmpty();
    traffic.begin(told);
    traffic.onPosted(toBob("", 5, ONE));
    assertThat(told.lines).contains("use 5 0");
  }
}

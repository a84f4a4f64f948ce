package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many devices at once: none misses a message. How long it took is printed. */
class ToDeviceLoadTest extends ServerTest {
  private static final int DEVICES = 1_000;
  private static final int REQUEST = 250;
  private static final int ROUNDS = 4;

  @Test
  void aThousandDevicesGetTheirMessages_HS_TODEV_LOAD() {
    Client sender = register("sender");
    Client user = register("many");
    List<Client> devices = new ArrayList<>();
    for (int i = 0; i < DEVICES; i++) {
      devices.add(user.logIn("D" + i));
    }
    JsonNode before = devices.get(0).firstSync();
    String content = "{'algorithm':'x','ciphertext':'" + "c".repeat(900) + "','n':";

    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      for (int first = 0; first < DEVICES; first += REQUEST) {
        StringBuilder body = new StringBuilder("{'messages':{'@many:test':{");
        for (int i = first; i < first + REQUEST; i++) {
          body.append(i == first ? "" : ",").append("'D").append(i).append("':");
          body.append(content).append(round).append('}');
        }
        String txn = "t" + round + "-" + first;
        sender.put("/sendToDevice/m.room.encrypted/" + txn, body.append("}}}").toString()).ok();
      }
    }
    long sent = System.nanoTime();
    for (Client device : devices) {
      JsonNode sync = device.syncAfter(before);
      assertThat(each(sync.at("/to_device/events"), "/content/n"))
          .containsExactly("0", "1", "2", "3");
    }
    long read = System.nanoTime();
    System.out.printf(
        "to-device load, %s: %d requests of %d messages %d ms, %d syncs %d ms%n",
        backing,
        ROUNDS * DEVICES / REQUEST,
        REQUEST,
        (sent - start) / 1_000_000,
        DEVICES,
        (read - sent) / 1_000_000);
  }
}

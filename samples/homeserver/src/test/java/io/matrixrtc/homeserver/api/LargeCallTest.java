package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Every device of a call sends a key to every other one; 200 devices in the full tier. */
class LargeCallTest extends ServerTest {
  private static final int CONTENT_BYTES = 900;

  @Test
  void everyKeyOfALargeCallArrivesOnce() {
    boolean full = System.getProperty("matrixrtc.tier", "first").equals("full");
    int size = full ? 200 : 30;
    long start = System.nanoTime();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      clients.add(register("user" + i));
    }
    String room = clients.get(0).createRoom("{'preset':'public_chat'}");
    clients.forEach(client -> client.join(room));
    List<JsonNode> first = clients.stream().map(client -> client.firstSync(1)).toList();
    long joined = System.nanoTime();

    List<CompletableFuture<Reply>> sends = new ArrayList<>();
    for (Client sender : clients) {
      sends.add(sender.callAsync("PUT", "/sendToDevice/m.room.encrypted/k", key(sender, clients)));
    }
    sends.forEach(send -> send.join().ok());
    long sent = System.nanoTime();

    for (int i = 0; i < size; i++) {
      List<String> senders = new ArrayList<>();
      JsonNode at = first.get(i);
      int events;
      do {
        at = clients.get(i).syncAfter(at);
        events = at.at("/to_device/events").size();
        senders.addAll(each(at.at("/to_device/events"), "/sender"));
      } while (events > 0);
      assertThat(senders).hasSize(size - 1).doesNotHaveDuplicates();
    }
    long read = System.nanoTime();
    System.out.printf(
        "large call, %d devices, %s: register and join %d ms, send %d messages %d ms, read them %d ms%n",
        size,
        backing,
        (joined - start) / 1_000_000,
        size * (size - 1),
        (sent - joined) / 1_000_000,
        (read - sent) / 1_000_000);
  }

  private static String key(Client sender, List<Client> clients) {
    StringBuilder body = new StringBuilder("{'messages':{");
    String content = "{'ciphertext':'" + "c".repeat(CONTENT_BYTES) + "'}";
    String separator = "";
    for (Client to : clients) {
      if (to != sender) {
        body.append(separator)
            .append("'%s':{'%s':%s}".formatted(to.userId(), to.deviceId(), content));
        separator = ",";
      }
    }
    return body.append("}}").toString();
  }
}

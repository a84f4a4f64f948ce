package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the trace holds of messages that only the homeserver has seen. */
class OverheardMessagesTest {
  private static final String TO_DEVICE =
      "/_matrix/client/v3/sendToDevice/m.room.encrypted/txn1?x=y";
  private static final String TWO_MESSAGES =
      """
      {"messages":{"@alice:x":{"A1":{"ciphertext":"one"}},"@carol:x":{"C1":{"ciphertext":"two"}}}}
      """;

  private final List<TraceEvent.MessageSent> trace = new ArrayList<>();
  private final OverheardMessages overheard =
      new OverheardMessages(event -> trace.add((TraceEvent.MessageSent) event));

  private void happens(String method, String uri, String token, String body, String answer) {
    overheard.onExchange(
        new Exchange(
            method,
            uri,
            List.of(Map.entry("Authorization", "Bearer " + token)),
            Optional.empty(),
            body.getBytes(StandardCharsets.UTF_8),
            200,
            answer.getBytes(StandardCharsets.UTF_8)));
  }

  private void logIn(String user, String device, String token) {
    happens(
        "POST",
        "/_matrix/client/v3/login",
        "",
        "{}",
        """
        {"user_id":"%s","device_id":"%s","access_token":"%s","refresh_token":"r-%s"}
        """
            .formatted(user, device, token, token));
  }

  private void bobLogsIn() {
    overheard.listenTo("@bob:x:PHONE");
    logIn("@bob:x", "PHONE", "t1");
  }

  @Test
  void aMessageToEachDeviceIsThereAsItWasSent_TRACE_OVERHEARD() {
    bobLogsIn();
    happens("PUT", TO_DEVICE, "t1", TWO_MESSAGES, "{}");
    assertThat(trace)
        .extracting(TraceEvent.MessageSent::to)
        .containsExactly("@alice:x:A1", "@carol:x:C1");
    assertThat(trace)
        .allSatisfy(
            message -> {
              assertThat(message.from()).isEqualTo("@bob:x:PHONE");
              assertThat(message.type()).isEqualTo("m.room.encrypted");
              assertThat(message.inClear()).isFalse();
              assertThat(message.sent()).contains("ciphertext");
              assertThat(message.outcome()).isEqualTo("200");
            });
  }

  @Test
  void aKeyInTheClearIsAFingerprintAndSaidToBeInTheClear_TRACE_OVERHEARD() {
    bobLogsIn();
    String key = "AAAAAAAAAAAAAAAAAAAAAA==";
    happens(
        "PUT",
        TO_DEVICE.replace("m.room.encrypted", "io.element.call.encryption_keys"),
        "t1",
        "{\"messages\":{\"@alice:x\":{\"A1\":{\"keys\":{\"index\":1,\"key\":\"" + key + "\"}}}}}",
        "{}");
    assertThat(trace).hasSize(1);
    assertThat(trace.get(0).inClear()).isTrue();
    assertThat(trace.get(0).sent())
        .contains(KeyFingerprint.of(new byte[16]).hex())
        .doesNotContain(key);
  }

  @Test
  void membershipsAndRoomEventsAreThere_TRACE_OVERHEARD() {
    bobLogsIn();
    String room = "/_matrix/client/v3/rooms/!r:x/";
    happens("PUT", room + "state/org.matrix.msc3401.call.member/_@bob:x_P", "t1", "{}", "{}");
    happens("PUT", room + "send/m.room.encrypted/txn2", "t1", "{\"ciphertext\":\"c\"}", "{}");
    happens("PUT", room + "send/io.element.call.reaction/txn3", "t1", "{}", "{}");
    happens("PUT", room + "state/m.room.name/", "t1", "{}", "{}");
    assertThat(trace)
        .extracting(TraceEvent.MessageSent::type)
        .containsExactly(
            "org.matrix.msc3401.call.member", "m.room.encrypted", "io.element.call.reaction");
  }

  @Test
  void othersAreNotOverheardAndANewTokenIsOfTheSameDevice_TRACE_OVERHEARD() {
    bobLogsIn();
    logIn("@bob:x", "LAPTOP", "t2");
    happens("PUT", TO_DEVICE, "t2", TWO_MESSAGES, "{}");
    happens("PUT", TO_DEVICE, "unknown", TWO_MESSAGES, "{}");
    happens("PUT", TO_DEVICE, "t1", "no JSON", "{}");
    assertThat(trace).isEmpty();
    happens(
        "POST",
        "/_matrix/client/v3/refresh",
        "",
        "{\"refresh_token\":\"r-t1\"}",
        "{\"access_token\":\"t3\"}");
    happens("PUT", TO_DEVICE, "t3", TWO_MESSAGES, "{}");
    assertThat(trace).hasSize(2);
  }
}

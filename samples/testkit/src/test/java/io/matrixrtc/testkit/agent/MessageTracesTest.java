package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Which halves of a message the trace puts together. */
class MessageTracesTest {
  private static final String SERVER = "https://hs.example/_matrix/client/v3/";
  private static final String REACTION = "io.element.call.reaction";

  private final List<TraceEvent.MessageSent> trace = new ArrayList<>();
  private final MessageTraces messages =
      new MessageTraces(
          "@alice:hs.example:PHONE", event -> trace.add((TraceEvent.MessageSent) event));

  /** Empty for a lost one; 200 once there are none left. */
  private final Deque<Optional<Integer>> answers = new ArrayDeque<>();

  private final HttpTransport transport =
      messages.below(
          new HttpTransport() {
            @Override
            public CompletionStage<HttpAnswer> send(HttpCall call) {
              Optional<Integer> status = answers.isEmpty() ? Optional.of(200) : answers.poll();
              return status.isEmpty()
                  ? CompletableFuture.failedFuture(new IOException("lost"))
                  : CompletableFuture.completedFuture(answer(status.get()));
            }

            @Override
            public void close() {}
          });

  private static HttpAnswer answer(int status) {
    return new HttpAnswer(status, Optional.empty(), "{}");
  }

  private void put(String path, ObjectNode body) {
    transport.send(
        new HttpCall(
            "PUT",
            URI.create(SERVER + path),
            Optional.empty(),
            Optional.of(body.toString()),
            Duration.ofSeconds(5)));
  }

  private static ObjectNode inRoom(String ciphertext) {
    return Json.newObject().put("algorithm", "m.megolm.v1.aes-sha2").put("ciphertext", ciphertext);
  }

  private static ObjectNode forDevice(String body) {
    ObjectNode content = Json.newObject();
    content.putObject("ciphertext").putObject("curve").put("type", 1).put("body", body);
    return content;
  }

  @Test
  void anEncryptedEventOfTheRoomStandsAsItWasMeantAndAsItWent_TRACE_MESSAGES() {
    messages.onSealed(REACTION, Json.newObject().put("emoji", "🎉"), inRoom("first"));
    put("rooms/!r:hs.example/send/m.room.encrypted/t1", inRoom("first"));
    assertThat(trace).hasSize(1);
    TraceEvent.MessageSent message = trace.get(0);
    assertThat(message.type()).isEqualTo(REACTION);
    assertThat(message.to()).isEqualTo("room");
    assertThat(message.clear()).contains("🎉");
    assertThat(message.sent()).contains("first").doesNotContain("🎉");
    assertThat(message.outcome()).isEqualTo("200");
    put("rooms/!r:hs.example/send/m.room.encrypted/t2", inRoom("of somebody else")); // control
    assertThat(trace.get(1).type()).isEqualTo("m.room.encrypted");
    assertThat(trace.get(1).clear()).isEmpty();
  }

  @Test
  void theMessagesOfOneRequestAreTakenByTheirCiphertextAndNotInTurn_TRACE_MESSAGES() {
    ObjectNode key = Json.newObject().put("session_key", "AAAAAAAAAAAAAAAAAAAAAA==");
    messages.onSealed("m.room_key", key, forDevice("for bob"));
    messages.onSealed("m.dummy", Json.newObject(), forDevice("for carol"));
    ObjectNode body = Json.newObject();
    ObjectNode users = body.putObject("messages");
    users.putObject("@carol:hs.example").set("C", forDevice("for carol"));
    users.putObject("@bob:hs.example").set("B", forDevice("for bob"));
    put("sendToDevice/m.room.encrypted/t1", body);
    assertThat(trace)
        .extracting(TraceEvent.MessageSent::to, TraceEvent.MessageSent::type)
        .containsExactly(
            tuple("@carol:hs.example:C", "m.dummy"), tuple("@bob:hs.example:B", "m.room_key"));
    assertThat(trace.get(1).clear())
        .contains("<key " + KeyFingerprint.of(new byte[16]).hex())
        .doesNotContain("AAAAAAAA");
  }

  @Test
  void aRepetitionAfterALostAnswerHasBothFormsAgain_TRACE_MESSAGES() {
    answers.addAll(List.of(Optional.empty(), Optional.of(429), Optional.of(200)));
    messages.onSealed(REACTION, Json.newObject().put("emoji", "🎉"), inRoom("first"));
    for (int attempt = 0; attempt < 3; attempt++) {
      put("rooms/!r:hs.example/send/m.room.encrypted/t1", inRoom("first"));
    }
    assertThat(trace)
        .extracting(TraceEvent.MessageSent::outcome)
        .containsExactly("no answer", "429", "200");
    assertThat(trace).allMatch(message -> message.clear().contains("🎉"));
  }

  @Test
  void eventsOfAnyTypeAreThereInTheClearAndOfTheStateThatOfCalls_TRACE_MESSAGES() {
    put("rooms/!r:hs.example/send/m.reaction/t1", Json.newObject());
    put("rooms/!r:hs.example/state/org.matrix.msc3401.call.member/_@a_P", Json.newObject());
    put("rooms/!r:hs.example/state/m.room.name/", Json.newObject());
    put("profile/@alice:hs.example/displayname", Json.newObject());
    assertThat(trace)
        .extracting(TraceEvent.MessageSent::type)
        .containsExactly("m.reaction", "org.matrix.msc3401.call.member");
    assertThat(trace).allMatch(TraceEvent.MessageSent::inClear);
  }

  @Test
  void whatNeverLeavesIsForgottenAfterABound_TRACE_MESSAGES() {
    messages.onSealed(REACTION, Json.newObject(), inRoom("the oldest"));
    for (int i = 1; i < MessageTraces.MAX_REMEMBERED; i++) {
      messages.onSealed(REACTION, Json.newObject(), inRoom("event " + i));
    }
    put("rooms/!r:hs.example/send/m.room.encrypted/t1", inRoom("the oldest")); // control
    assertThat(trace.get(0).type()).isEqualTo(REACTION);
    for (int i = 0; i <= MessageTraces.MAX_REMEMBERED; i++) {
      messages.onSealed(REACTION, Json.newObject(), inRoom("later " + i));
    }
    put("rooms/!r:hs.example/send/m.room.encrypted/t2", inRoom("later 0"));
    put("rooms/!r:hs.example/send/m.room.encrypted/t3", inRoom("later 1"));
    assertThat(trace)
        .extracting(TraceEvent.MessageSent::type)
        .containsExactly(REACTION, "m.room.encrypted", REACTION);
  }
}

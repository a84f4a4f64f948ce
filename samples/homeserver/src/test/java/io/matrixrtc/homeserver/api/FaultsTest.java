package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.homeserver.faults.SyncGate;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultsTest extends ServerTest {
  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private void sendToBob(String txn) {
    alice.sendToDevice(bob, "x", txn, "{'n':1}");
  }

  private int received() {
    return bob.firstSync().at("/to_device/events").size();
  }

  @Test
  void aDroppedRequestIsNotProcessed() {
    FaultPlan.Active rule =
        server.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropRequest()));
    assertThatThrownBy(() -> sendToBob("t")).isInstanceOf(UncheckedIOException.class);
    assertThat(received()).isZero();
    assertThat(rule.hits()).isEqualTo(1);
    sendToBob("t");
    assertThat(received()).isEqualTo(1);
  }

  @Test
  void aDroppedAnswerWasProcessedAndTheRepeatDoesNothing() {
    server.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropAnswer()));
    assertThatThrownBy(() -> sendToBob("t")).isInstanceOf(UncheckedIOException.class);
    assertThat(received()).isEqualTo(1);
    sendToBob("t");
    assertThat(received()).isEqualTo(1);
  }

  @Test
  void errorsComeAsOftenAsAskedAndToWhomTheyAreMeant() {
    server
        .faults()
        .add(
            FaultRule.on("/account/whoami$", new Fault.ServerError(502))
                .method("GET")
                .user("@alice:test")
                .times(2));
    bob.get("/account/whoami").ok();
    alice.get("/account/whoami").fails(502, "M_UNKNOWN");
    alice.get("/account/whoami").fails(502, "M_UNKNOWN");
    alice.get("/account/whoami").ok();
  }

  @Test
  void tooManyRequestsTellTheTimeInBothForms_HS_LIMIT_FORM() {
    FaultPlan.Active rule =
        server
            .faults()
            .add(
                FaultRule.on("/whoami", new Fault.TooManyRequests(Duration.ofMillis(1_234)))
                    .always());
    Reply reply = alice.get("/account/whoami").fails(429, "M_LIMIT_EXCEEDED");
    assertThat(reply.body().path("retry_after_ms").asLong()).isEqualTo(1_234);
    assertThat(reply.headers().firstValue("Retry-After")).contains("2");
    alice.get("/account/whoami").fails(429, "M_LIMIT_EXCEEDED");
    rule.remove();
    alice.get("/account/whoami").ok();
  }

  @Test
  void delaysHoldTheRequestOrItsAnswer() {
    server
        .faults()
        .add(FaultRule.on("/sendToDevice/", new Fault.DelayRequest(Duration.ofSeconds(3))));
    CompletableFuture<Void> late = CompletableFuture.runAsync(() -> sendToBob("t1"));
    await().until(() -> time.alarms() == 1);
    assertThat(received()).isZero();
    time.advance(Duration.ofSeconds(3));
    late.join();
    assertThat(received()).isEqualTo(1);

    server
        .faults()
        .add(FaultRule.on("/sendToDevice/", new Fault.DelayAnswer(Duration.ofSeconds(3))));
    CompletableFuture<Void> held = CompletableFuture.runAsync(() -> sendToBob("t2"));
    await().until(() -> time.alarms() == 1);
    assertThat(received()).isEqualTo(2);
    assertThat(held).isNotDone();
    time.advance(Duration.ofSeconds(3));
    held.join();
  }

  private List<Integer> inTheOrderOfArrival() {
    List<Integer> order = new ArrayList<>();
    bob.firstSync().at("/to_device/events").forEach(e -> order.add(e.at("/content/n").asInt()));
    return order;
  }

  private void sendNumber(int number) {
    alice.sendToDevice(bob, "x", "t" + number, "{'n':" + number + "}");
  }

  @Test
  void aReorderedRequestGoesAfterSoManyLaterOnes_HS_FAULT_REORDER() {
    sendNumber(1);
    sendNumber(2);
    assertThat(inTheOrderOfArrival()).as("the control").containsExactly(1, 2);
    FaultPlan.Active rule =
        server
            .faults()
            .add(
                FaultRule.on("/sendToDevice/", new Fault.Reorder(2, Duration.ofSeconds(9)))
                    .times(2));
    CompletableFuture<Void> held = CompletableFuture.runAsync(() -> sendNumber(3));
    await().until(() -> time.alarms() == 1);
    bob.get("/account/whoami").ok();
    sendNumber(4);
    assertThat(inTheOrderOfArrival()).containsExactly(1, 2, 4);
    assertThat(held).as("one of two has gone first, and one that is not meant").isNotDone();
    assertThat(rule.hits()).isZero();
    sendNumber(5);
    held.join();
    assertThat(inTheOrderOfArrival()).containsExactly(1, 2, 4, 5, 3);
    assertThat(rule.hits()).isEqualTo(1);
    assertThat(time.alarms()).isZero();

    CompletableFuture<Void> again = CompletableFuture.runAsync(() -> sendNumber(6));
    await().until(() -> time.alarms() == 1);
    sendNumber(7);
    sendNumber(8);
    again.join();
    assertThat(rule.hits()).isEqualTo(2);
    sendNumber(9);
    assertThat(inTheOrderOfArrival()).endsWith(7, 8, 6, 9);
  }

  @Test
  void aReorderedRequestThatNothingOvertakesGoesOn_HS_FAULT_REORDER() {
    FaultPlan.Active rule =
        server
            .faults()
            .add(FaultRule.on("/sendToDevice/", new Fault.Reorder(1, Duration.ofSeconds(9))));
    CompletableFuture<Void> alone = CompletableFuture.runAsync(() -> sendNumber(1));
    await().until(() -> time.alarms() == 1);
    assertThat(received()).isZero();
    time.advance(Duration.ofSeconds(9));
    alone.join();
    assertThat(rule.hits()).as("nothing was reordered").isZero();

    CompletableFuture<Void> freed = CompletableFuture.runAsync(() -> sendNumber(2));
    await().until(() -> time.alarms() == 1);
    assertThat(received()).as("the rule is tried again").isEqualTo(1);
    rule.remove();
    freed.join();
    sendNumber(3);
    assertThat(inTheOrderOfArrival()).containsExactly(1, 2, 3);
    assertThat(rule.hits()).isZero();
  }

  @Test
  void whatGoesFirstMayMeetOtherFaults_HS_FAULT_REORDER() {
    Duration limit = Duration.ofSeconds(9);
    server.faults().add(FaultRule.on("/sendToDevice/", new Fault.Reorder(1, limit)));
    server.faults().add(FaultRule.on("/sendToDevice/", new Fault.Reorder(1, limit)));
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> sendNumber(1));
    await().until(() -> time.alarms() == 1);
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> sendNumber(2));
    await().until(() -> time.alarms() == 2);
    sendNumber(3);
    CompletableFuture.allOf(first, second).join();
    assertThat(inTheOrderOfArrival())
        .as("3 is the other one for both")
        .startsWith(3)
        .containsExactlyInAnyOrder(3, 2, 1);

    server.faults().add(FaultRule.on("/sendToDevice/", new Fault.Reorder(1, limit)));
    server.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropRequest()));
    CompletableFuture<Void> held = CompletableFuture.runAsync(() -> sendNumber(4));
    await().until(() -> time.alarms() == 1);
    assertThatThrownBy(() -> sendNumber(5)).isInstanceOf(UncheckedIOException.class);
    held.join();
    assertThat(inTheOrderOfArrival()).as("5 went first, and was lost").endsWith(4).hasSize(4);
    assertThatThrownBy(() -> new Fault.Reorder(0, limit))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDelayedRequestIsRefusedIfItsTokenHasEndedMeanwhile() {
    server.faults().add(FaultRule.on("/whoami", new Fault.DelayRequest(Duration.ofSeconds(3))));
    CompletableFuture<Reply> late = alice.callAsync("GET", "/account/whoami", null);
    await().until(() -> time.alarms() == 1);
    alice.post("/logout", "{}").ok();
    time.advance(Duration.ofSeconds(3));
    late.join().fails(401, "M_UNKNOWN_TOKEN");
  }

  @Test
  void aSilentServerHoldsTheSyncOfOneUserUntilItIsReleased() {
    JsonNode first = bob.firstSync();
    CompletableFuture<Reply> open = bob.waitForNews(first, 1_000);
    awaitWaitingSyncs(1);
    server.syncGate().withhold("@bob:test", SyncGate.Mode.SILENT);
    sendToBob("t");
    time.advance(Duration.ofSeconds(1));
    assertThat(alice.firstSync().has("next_batch")).isTrue();
    assertThat(open).isNotDone();
    server.syncGate().release("@bob:test");
    assertThat(open.join().ok().at("/to_device/events")).hasSize(1);
  }

  @Test
  void anEmptySyncHidesWhatIsNew() {
    JsonNode first = bob.firstSync();
    server.syncGate().withhold("@bob:test", SyncGate.Mode.EMPTY);
    sendToBob("t");
    JsonNode hidden = bob.syncAfter(first);
    assertThat(hidden.path("next_batch")).isEqualTo(first.path("next_batch"));
    assertThat(hidden.has("to_device")).isFalse();
    assertThat(hidden.path("device_one_time_keys_count").has("signed_curve25519")).isTrue();
    server.syncGate().release("@bob:test");
    assertThat(bob.syncAfter(first).at("/to_device/events")).hasSize(1);
  }

  @Test
  void theRequestLogHasEverythingThatWentThrough() {
    List<Exchange> seen = new CopyOnWriteArrayList<>();
    Runnable stop = server.requestLog().listen(seen::add);
    alice.put("/sendToDevice/x/t?q=needle-1", "{'messages':{},'k':'needle-2'}").ok();
    alice.get("/no/such").fails(404, "M_UNRECOGNIZED");
    server.faults().add(FaultRule.on("/filter", new Fault.DropAnswer()));
    // Not a GET: the JDK's client sends those again by itself.
    assertThatThrownBy(() -> alice.post("/user/@alice:test/filter", "{}"))
        .isInstanceOf(UncheckedIOException.class);
    stop.run();
    alice.get("/account/whoami").ok();

    assertThat(seen.stream().map(Exchange::status)).containsExactly(200, 404, 0);
    Exchange first = seen.get(0);
    assertThat(first.requestText()).contains("needle-1", "needle-2", alice.token());
    assertThat(first.method()).isEqualTo("PUT");
    assertThat(first.path()).isEqualTo("/_matrix/client/v3/sendToDevice/x/t");
    assertThat(first.userId()).contains("@alice:test");
    assertThat(new String(first.answerBody(), StandardCharsets.UTF_8)).isEqualTo("{}");
    assertThat(new String(seen.get(2).answerBody(), StandardCharsets.UTF_8)).contains("filter_id");
  }
}

package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.homeserver.proxy.FaultProxy;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults on the way to a server, of whose inside nothing is used. */
class FaultProxyTest extends ServerTest {
  private FaultProxy proxy;
  private Client alice;
  private Client bob;

  @BeforeEach
  void users() throws Exception {
    proxy = FaultProxy.start(server.baseUrl());
    alice = register("alice").by(proxy::baseUrl);
    bob = register("bob").by(proxy::baseUrl);
  }

  @AfterEach
  void stopProxy() {
    proxy.close();
  }

  private void sendToBob(String txn) {
    alice.sendToDevice(bob, "x", txn, "{'n':1}");
  }

  private int received() {
    return bob.by(server::baseUrl).firstSync().at("/to_device/events").size();
  }

  @Test
  void whatMeetsNoFaultGoesByUnchanged_HS_PROXY() throws Exception {
    Client straight = alice.by(server::baseUrl);
    for (String path : List.of("/account/whoami", "/no/such", "/_matrix/client/versions")) {
      Reply through = alice.get(path);
      Reply direct = straight.get(path);
      assertThat(through.status()).isEqualTo(direct.status());
      assertThat(through.body()).isEqualTo(direct.body());
      assertThat(through.headers().map()).isEqualTo(direct.headers().map());
    }
    String room = alice.createRoom("{'name':'ä b'}");
    assertThat(alice.send(room, "1 + 1 = 2 %", "t")).startsWith("$");
    assertThat(alice.logIn("PHONE").get("/account/whoami").ok().path("device_id").asText())
        .isEqualTo("PHONE");
  }

  @Test
  void filesGoByInBothDirections_HS_PROXY() throws Exception {
    byte[] file = new byte[100_000];
    for (int i = 0; i < file.length; i++) {
      file[i] = (byte) i;
    }
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest upload =
        HttpRequest.newBuilder(URI.create(proxy.baseUrl() + "/_matrix/media/v3/upload"))
            .header("Authorization", "Bearer " + alice.token())
            .header("Content-Type", "image/x-own")
            .POST(HttpRequest.BodyPublishers.ofByteArray(file))
            .build();
    String answer = http.send(upload, HttpResponse.BodyHandlers.ofString()).body();
    String uri = Client.JSON.readTree(answer).path("content_uri").asText();
    HttpRequest download =
        HttpRequest.newBuilder(
                URI.create(
                    proxy.baseUrl()
                        + "/_matrix/client/v1/media/download/"
                        + uri.substring("mxc://".length())))
            .header("Authorization", "Bearer " + alice.token())
            .build();
    HttpResponse<byte[]> back = http.send(download, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(back.body()).isEqualTo(file);
    assertThat(back.headers().firstValue("Content-Type")).contains("image/x-own");
  }

  @Test
  void aDroppedRequestIsNotProcessedAndADroppedAnswerWas_HS_PROXY_FAULT() {
    proxy.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropRequest()));
    assertThatThrownBy(() -> sendToBob("t")).isInstanceOf(UncheckedIOException.class);
    assertThat(received()).isZero();
    proxy.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropAnswer()));
    assertThatThrownBy(() -> sendToBob("t")).isInstanceOf(UncheckedIOException.class);
    assertThat(received()).isEqualTo(1);
    sendToBob("t");
    assertThat(received()).isEqualTo(1);
    sendToBob("control");
    assertThat(received()).isEqualTo(2);
  }

  @Test
  void aFaultIsForTheUserWhoseTokenItIs_HS_PROXY_FAULT() {
    FaultPlan.Active rule =
        proxy
            .faults()
            .add(
                FaultRule.on("/account/whoami$", new Fault.ServerError(502))
                    .user("@alice:test")
                    .always());
    bob.get("/account/whoami").ok();
    alice.get("/account/whoami").fails(502, "M_UNKNOWN");
    alice.logIn("PHONE").get("/account/whoami").fails(502, "M_UNKNOWN");
    assertThat(rule.hits()).isEqualTo(2);
    rule.remove();
    alice.get("/account/whoami").ok();
  }

  @Test
  void tooManyRequestsTellTheTimeInBothForms_HS_PROXY_FAULT() {
    proxy
        .faults()
        .add(FaultRule.on("/whoami", new Fault.TooManyRequests(Duration.ofMillis(1_234))));
    Reply reply = alice.get("/account/whoami").fails(429, "M_LIMIT_EXCEEDED");
    assertThat(reply.body().path("retry_after_ms").asLong()).isEqualTo(1_234);
    assertThat(reply.headers().firstValue("Retry-After")).contains("2");
    assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    alice.get("/account/whoami").ok();
  }

  @Test
  void delaysHoldTheRequestOrItsAnswer_HS_PROXY_FAULT() {
    Duration never = Duration.ofHours(1);
    FaultPlan.Active request =
        proxy.faults().add(FaultRule.on("/sendToDevice/", new Fault.DelayRequest(never)));
    CompletableFuture<Void> late = CompletableFuture.runAsync(() -> sendToBob("t1"));
    await().until(() -> request.hits() == 1);
    proxy.faults().add(FaultRule.on("/sendToDevice/", new Fault.DelayAnswer(never)));
    CompletableFuture<Void> held = CompletableFuture.runAsync(() -> sendToBob("t2"));
    await().until(() -> received() == 1);
    sendToBob("control");
    assertThat(received()).isEqualTo(2);
    assertThat(late).isNotDone();
    assertThat(held).isNotDone();
  }

  @Test
  void aReorderedRequestGoesAfterALaterOne_HS_PROXY_FAULT() {
    Duration never = Duration.ofHours(1);
    List<Exchange> passed = new CopyOnWriteArrayList<>();
    sendToBob("first");
    proxy.forwarded().listen(passed::add);
    FaultPlan.Active reorder =
        proxy.faults().add(FaultRule.on("/sendToDevice/", new Fault.Reorder(1, never)));
    // Whichever comes first waits for the other.
    CompletableFuture<Void> one = CompletableFuture.runAsync(() -> sendToBob("one"));
    CompletableFuture<Void> two = CompletableFuture.runAsync(() -> sendToBob("two"));
    CompletableFuture.allOf(one, two).join();
    assertThat(reorder.hits()).isEqualTo(1);
    assertThat(passed).hasSize(2);
    assertThat(received()).isEqualTo(3);
  }

  @Test
  void theSyncOfOneUserIsHeldWithAnswersThatAreOnTheWay_HS_PROXY_SYNC() {
    JsonNode first = bob.firstSync();
    CompletableFuture<Reply> open = bob.waitForNews(first, 60_000);
    awaitWaitingSyncs(1);
    proxy.withholdSync("@bob:test");
    sendToBob("t");
    CompletableFuture<Reply> later = bob.callAsync("GET", "/sync", null);
    assertThat(alice.firstSync().has("next_batch")).isTrue();
    bob.get("/account/whoami").ok();
    assertThat(received()).as("for a sync that takes another way").isEqualTo(1);
    assertThat(open).isNotDone();
    assertThat(later).isNotDone();
    proxy.releaseSync("@bob:test");
    assertThat(open.join().ok().at("/to_device/events")).hasSize(1);
    assertThat(later.join().ok().has("next_batch")).isTrue();
    proxy.releaseSync("@bob:test");
    assertThat(bob.firstSync().has("next_batch")).isTrue();
  }

  @Test
  void aRestartLosesWhatIsOpenAndKeepsPortAndFaults_HS_PROXY_RESTART() throws Exception {
    URI before = proxy.baseUrl();
    JsonNode first = bob.firstSync();
    CompletableFuture<Reply> open = bob.waitForNews(first, 3_600_000);
    awaitWaitingSyncs(1);
    FaultPlan.Active rule =
        proxy.faults().add(FaultRule.on("/whoami", new Fault.ServerError(500)).always());
    // The client repeats a GET that it loses; it shall not hang once more.
    FaultPlan.Active noMore =
        proxy.faults().add(FaultRule.on("/sync$", new Fault.DropRequest()).always());
    proxy.restart();
    assertThat(proxy.baseUrl()).isEqualTo(before);
    assertThatThrownBy(open::join).isInstanceOf(CompletionException.class);
    noMore.remove();
    alice.get("/account/whoami").fails(500, "M_UNKNOWN");
    rule.remove();
    alice.get("/account/whoami").ok();
    assertThat(bob.firstSync().has("next_batch")).isTrue();
  }

  @Test
  void aServerThatDoesNotAnswerIsAConnectionThatCloses_HS_PROXY_GONE() throws Exception {
    alice.post("/user/@alice:test/filter", "{}").ok();
    server.close();
    assertThatThrownBy(() -> alice.post("/user/@alice:test/filter", "{}"))
        .isInstanceOf(UncheckedIOException.class);
    startServer();
    try (FaultProxy other = FaultProxy.start(URI.create(server.baseUrl() + "/"))) {
      register("carol").by(other::baseUrl).get("/account/whoami").ok();
    }
  }

  @Test
  void theRequestLogHasEverythingThatWentThrough_HS_PROXY_LOG() {
    List<Exchange> seen = new CopyOnWriteArrayList<>();
    Runnable stop = proxy.requestLog().listen(seen::add);
    alice.put("/sendToDevice/x/t?q=needle-1", "{'messages':{},'k':'needle-2'}").ok();
    proxy.faults().add(FaultRule.on("/filter", new Fault.DropAnswer()));
    assertThatThrownBy(() -> alice.post("/user/@alice:test/filter", "{}"))
        .isInstanceOf(UncheckedIOException.class);
    stop.run();
    alice.get("/account/whoami").ok();
    assertThat(seen.stream().map(Exchange::status)).containsExactly(200, 0);
    assertThat(seen.get(0).requestText()).contains("needle-1", "needle-2", alice.token());
    assertThat(seen.get(0).userId()).contains("@alice:test");
    assertThat(new String(seen.get(1).answerBody(), StandardCharsets.UTF_8)).contains("filter_id");
  }

  @Test
  void aRequestIsToldOfBeforeItIsPassedOn_HS_PROXY_LOG() throws Exception {
    List<Exchange> passed = new CopyOnWriteArrayList<>();
    proxy.forwarded().listen(passed::add);
    proxy.faults().add(FaultRule.on("/sendToDevice/", new Fault.DropRequest()));
    assertThatThrownBy(() -> sendToBob("dropped")).isInstanceOf(UncheckedIOException.class);
    assertThat(passed).isEmpty();
    JsonNode first = bob.firstSync();
    bob.waitForNews(first, 3_600_000);
    awaitWaitingSyncs(1);
    assertThat(passed).hasSize(2).allMatch(one -> one.path().endsWith("/sync"));
    server.close();
    assertThatThrownBy(() -> sendToBob("lost")).isInstanceOf(UncheckedIOException.class);
    // Beside it, perhaps, the open sync once more: clients repeat it by themselves.
    assertThat(passed).anyMatch(one -> one.requestText().contains("/sendToDevice/x/lost"));
    startServer();
  }

  @Test
  void aTokenThatNoHeaderCanHoldIsNobodys_HS_PROXY_GONE() {
    Client nobody = nobody().by(proxy::baseUrl);
    for (int i = 0; i < 2; i++) {
      assertThat(nobody.get("/account/whoami?access_token=a%0Ab").status()).isEqualTo(401);
    }
    alice.get("/account/whoami").ok();
  }

  @Test
  void anAnswerIsCutOrSlow_HS_PROXY_FAULT() {
    proxy.faults().add(FaultRule.on("/whoami", new Fault.CutAnswer(5, false)));
    assertThatThrownBy(() -> alice.call("POST", "/account/whoami", "{}"))
        .isInstanceOf(UncheckedIOException.class);
    proxy.faults().add(FaultRule.on("/whoami", new Fault.SlowAnswer(8, Duration.ofMillis(1))));
    assertThat(alice.get("/account/whoami").ok().path("user_id").asText()).isEqualTo("@alice:test");
  }
}

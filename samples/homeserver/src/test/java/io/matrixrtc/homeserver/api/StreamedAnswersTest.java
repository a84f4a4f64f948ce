package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.backup.BackupControl;
import io.matrixrtc.homeserver.backup.BackupEntry;
import io.matrixrtc.homeserver.backup.EntrySource;
import io.matrixrtc.homeserver.backup.GeneratedEntries;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that come in pieces, and what may go wrong with them. */
class StreamedAnswersTest extends ServerTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String ALL = "/room_keys/keys?version=1";

  private Client alice;

  @BeforeEach
  void backup() {
    alice = register("alice");
    BackupTest.create(alice);
  }

  private HttpRequest request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/_matrix/client/v3" + path))
            .header("Authorization", "Bearer " + alice.token());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private void upload(int rooms, int sessions) {
    for (int r = 0; r < rooms; r++) {
      List<String> entries = new ArrayList<>();
      for (int s = 0; s < sessions; s++) {
        entries.add("'s" + s + "':" + BackupTest.entry("data" + s));
      }
      alice
          .put(
              "/room_keys/keys/!r" + r + ":test?version=1",
              "{'sessions':{" + String.join(",", entries) + "}}")
          .ok();
    }
  }

  @Test
  void aBackupComesInChunksWithoutALength_HS_STREAM() throws Exception {
    upload(3, 700);
    HttpResponse<byte[]> response =
        HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.headers().firstValue("Content-Length")).isEmpty();
    assertThat(response.headers().firstValue("Transfer-Encoding")).contains("chunked");
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode rooms = Client.JSON.readTree(response.body()).path("rooms");
    assertThat(names(rooms)).containsExactly("!r0:test", "!r1:test", "!r2:test");
    for (JsonNode room : rooms) {
      assertThat(room.path("sessions")).hasSize(700);
    }
    assertThat(rooms.at("/!r1:test/sessions/s699/session_data/ciphertext").asText())
        .isEqualTo("data699");
  }

  @Test
  void theServerMakesNoMoreThanTheClientTakes_HS_STREAM() throws Exception {
    AtomicLong made = new AtomicLong();
    EntrySource endless =
        new EntrySource() {
          private final GeneratedEntries one = new GeneratedEntries(1, 1);

          @Override
          public long count() {
            return 1_000_000;
          }

          @Override
          public List<String> rooms() {
            return List.of("!endless:test");
          }

          @Override
          public Iterator<BackupEntry> entries(String roomId) {
            BackupEntry entry = one.entries(one.rooms().get(0)).next();
            return new Iterator<>() {
              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public BackupEntry next() {
                return new BackupEntry("s" + made.incrementAndGet(), entry.json());
              }
            };
          }

          @Override
          public Optional<BackupEntry> entry(String roomId, String sessionId) {
            return Optional.empty();
          }
        };
    server.backups().serve("@alice:test", "1", endless);
    try (InputStream body =
        HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofInputStream()).body()) {
      // Some of it; a server that ran ahead would run for ever.
      assertThat(body.readNBytes(1_000_000)).hasSize(1_000_000);
      long first = made.get();
      assertThat(first).isBetween(1_000L, 100_000L);
      // The server has time for others meanwhile.
      assertThat(alice.get("/room_keys/version").ok().path("count").asLong()).isEqualTo(1_000_000);
    }
  }

  @Test
  void generatedEntriesAreReadToTheEnd_HS_STREAM_GENERATED() throws Exception {
    server.backups().serve("@alice:test", "1", new GeneratedEntries(1_000, 20));
    assertThat(alice.get("/room_keys/version").ok().path("count").asLong()).isEqualTo(20_000);
    long entries = 0;
    try (InputStream body =
            HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofInputStream()).body();
        JsonParser json = Client.JSON.createParser(body)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals("session_data")) {
          entries++;
        }
      }
    }
    assertThat(entries).isEqualTo(20_000);
    JsonNode room = alice.get("/room_keys/keys/!generated7:localhost?version=1").ok();
    assertThat(room.path("sessions")).hasSize(20);
    String session = room.path("sessions").fieldNames().next();
    String one = "/room_keys/keys/!generated7:localhost/" + Client.encode(session) + "?version=1";
    assertThat(alice.get(one).ok()).isEqualTo(room.path("sessions").path(session));
    alice.get("/room_keys/keys/!generated7:localhost/none?version=1").fails(404, "M_NOT_FOUND");
    alice.put(one, BackupTest.entry("x")).fails(403, "M_FORBIDDEN");
  }

  @Test
  void theOrderMayBeShuffled_HS_STREAM_ORDER() throws Exception {
    upload(4, 20);
    String sorted = HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofString()).body();
    server.backups().order(BackupControl.Order.SHUFFLED);
    String shuffled = HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofString()).body();
    assertThat(shuffled).isNotEqualTo(sorted);
    assertThat(Client.JSON.readTree(shuffled)).isEqualTo(Client.JSON.readTree(sorted));
  }

  @Test
  void anAnswerMayBeCut_HS_STREAM_CUT() throws Exception {
    upload(1, 100);
    String whole = HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofString()).body();
    server.faults().add(FaultRule.on("/room_keys/keys", new Fault.CutAnswer(1_000, true)));
    HttpResponse<String> clean = HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofString());
    assertThat(clean.statusCode()).isEqualTo(200);
    assertThat(clean.body()).isEqualTo(whole.substring(0, 1_000));
    server
        .faults()
        .add(FaultRule.on("/room_keys/keys", new Fault.CutAnswer(1_000, false)).always());
    assertThatThrownBy(() -> HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
    server.faults().clear();
    server.faults().add(FaultRule.on("whoami", new Fault.CutAnswer(5, true)));
    assertThat(HTTP.send(request("/account/whoami"), HttpResponse.BodyHandlers.ofString()).body())
        .hasSize(5);
    assertThat(HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofString()).body())
        .isEqualTo(whole);
  }

  @Test
  void anAnswerMayBeSlow_HS_STREAM_SLOW() {
    server.faults().add(FaultRule.on("whoami", new Fault.SlowAnswer(20, Duration.ofSeconds(1))));
    CompletableFuture<HttpResponse<String>> answer =
        HTTP.sendAsync(request("/account/whoami"), HttpResponse.BodyHandlers.ofString());
    int pauses = 0;
    while (!answer.isDone()) {
      await().until(() -> answer.isDone() || time.alarms() == 1);
      assertThat(pauses).isLessThan(20);
      if (!answer.isDone()) {
        time.advance(Duration.ofSeconds(1));
        pauses++;
        await().until(() -> answer.isDone() || time.alarms() == 1);
      }
    }
    assertThat(answer.join().body()).contains("@alice:test");
    assertThat(pauses).isGreaterThanOrEqualTo(4);
  }

  @Test
  void aVersionThatIsDeletedMeanwhileCutsItsAnswer_HS_STREAM() {
    upload(3, 700);
    // Held before its first piece.
    server
        .faults()
        .add(FaultRule.on("/room_keys/keys", new Fault.SlowAnswer(65_536, Duration.ofSeconds(1))));
    CompletableFuture<HttpResponse<String>> answer =
        HTTP.sendAsync(request(ALL), HttpResponse.BodyHandlers.ofString());
    await().until(() -> time.alarms() == 1);
    time.advance(Duration.ofSeconds(1));
    await().until(() -> time.alarms() == 1);
    alice.delete("/room_keys/version/1", "").ok();
    while (!answer.isDone()) {
      time.advance(Duration.ofSeconds(1));
      await().until(() -> answer.isDone() || time.alarms() == 1);
    }
    assertThat(answer).isCompletedExceptionally();
  }

  @Test
  void whoAsksForItGetsItCompressed_HS_GZIP() throws Exception {
    upload(1, 100);
    byte[] whole = HTTP.send(request(ALL), HttpResponse.BodyHandlers.ofByteArray()).body();
    HttpResponse<InputStream> zipped =
        HTTP.send(
            request(ALL, "Accept-Encoding", "gzip"), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
    byte[] body = zipped.body().readAllBytes();
    assertThat(body.length).isLessThan(whole.length);
    try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
      assertThat(unzipped.readAllBytes()).isEqualTo(whole);
    }
    HttpResponse<String> small =
        HTTP.send(
            request("/account/whoami", "Accept-Encoding", "gzip"),
            HttpResponse.BodyHandlers.ofString());
    assertThat(small.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(small.body()).contains("@alice:test");
  }
}

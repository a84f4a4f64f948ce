package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DehydratedDevicesTest extends ServerTest {
  private static final String PATH =
      "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";

  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private static String body(String user, String device, String marker) {
    return ("{'device_id':'%s','device_data':{'algorithm':'x','n':'%s'},"
            + "'initial_device_display_name':'Asleep','device_keys':{'user_id':'%s','device_id':'%s',"
            + "'algorithms':[],'dehydrated':true,'keys':{'ed25519:%s':'%s'}},"
            + "'one_time_keys':{'signed_curve25519:A':{'key':'%s'}},"
            + "'fallback_keys':{'signed_curve25519:F':{'key':'f','fallback':true}}}")
        .formatted(device, marker, user, device, device, marker, marker);
  }

  private JsonNode queried() {
    return bob.post("/keys/query", "{'device_keys':{'@alice:test':[]}}")
        .ok()
        .at("/device_keys/@alice:test");
  }

  private JsonNode claimed() {
    return bob.post("/keys/claim", "{'one_time_keys':{'@alice:test':{'D1':'signed_curve25519'}}}")
        .ok()
        .at("/one_time_keys/@alice:test/D1");
  }

  private void send(int n) {
    bob.put("/sendToDevice/x/t" + n, "{'messages':{'@alice:test':{'D1':{'n':" + n + "}}}}").ok();
  }

  @Test
  void itIsADeviceWithKeysThatNobodyIsLoggedInAs_HS_DEHY() {
    alice.get(PATH).fails(404, "M_NOT_FOUND");
    alice.delete(PATH, "{}").fails(404, "M_NOT_FOUND");
    assertThat(alice.put(PATH, body("@alice:test", "D1", "k1")).ok().path("device_id").asText())
        .isEqualTo("D1");
    JsonNode got = alice.get(PATH).ok();
    assertThat(got.path("device_id").asText()).isEqualTo("D1");
    assertThat(got.at("/device_data/n").asText()).isEqualTo("k1");
    assertThat(queried().at("/D1/dehydrated").asBoolean()).isTrue();
    assertThat(queried().at("/D1/unsigned/device_display_name").asText()).isEqualTo("Asleep");
    assertThat(claimed().at("/signed_curve25519:A/key").asText()).isEqualTo("k1");
    assertThat(claimed().at("/signed_curve25519:F/key").asText()).isEqualTo("f");
    bob.get(PATH).fails(404, "M_NOT_FOUND");
    alice.delete(PATH, "{}").ok();
    alice.get(PATH).fails(404, "M_NOT_FOUND");
    assertThat(queried().has("D1")).isFalse();
  }

  @Test
  void anotherOneTakesItsPlace_HS_DEHY_REPLACE() {
    alice.put(PATH, body("@alice:test", "D1", "k1")).ok();
    send(1);
    alice.put(PATH, body("@alice:test", "D1", "k2")).ok();
    assertThat(alice.get(PATH + "/D1/events").ok().path("events")).isEmpty();
    assertThat(queried().at("/D1/keys/ed25519:D1").asText()).isEqualTo("k2");
    alice.put(PATH, body("@alice:test", "D2", "k3")).ok();
    assertThat(queried().has("D1")).isFalse();
    assertThat(queried().has("D2")).isTrue();
    String own = body("@alice:test", alice.deviceId(), "k");
    alice.put(PATH, own).fails(400, "M_BAD_JSON"); // nor while there is another
    assertThat(queried().has("D2")).isTrue();
    alice.delete(PATH, "{}").ok();
    alice.put(PATH, own).fails(400, "M_BAD_JSON"); // somebody is logged in as that
    alice.put(PATH, body("@bob:test", "D1", "k")).fails(400, "M_BAD_JSON");
    alice
        .put(PATH, body("@alice:test", "D1", "k").replace("'D1','algo", "'D9','algo"))
        .fails(400, "M_BAD_JSON");
  }

  @Test
  void itsMessagesComeInPagesAndMayBeReadAgain_HS_DEHY_EVENTS() {
    alice.put(PATH, body("@alice:test", "D1", "k1")).ok();
    IntStream.range(0, 201).forEach(this::send);
    List<String> seen = new ArrayList<>();
    String from = "";
    for (int size : new int[] {100, 100, 1}) {
      JsonNode page = alice.get(PATH + "/D1/events" + from).ok();
      seen.addAll(each(page.path("events"), "/content/n"));
      assertThat(page.path("events")).hasSize(size);
      assertThat(page.has("next_batch")).isEqualTo(size == 100);
      from = "?from=" + page.path("next_batch").asText();
    }
    assertThat(seen)
        .containsExactlyElementsOf(IntStream.range(0, 201).mapToObj(String::valueOf).toList());
    JsonNode again = alice.post(PATH + "/D1/events", "{}").ok(); // as earlier clients ask
    assertThat(again.path("events")).hasSize(100);
    JsonNode next =
        alice
            .post(PATH + "/D1/events", "{'next_batch':'" + again.path("next_batch").asText() + "'}")
            .ok();
    assertThat(each(next.path("events"), "/content/n")).first().isEqualTo("100");
    assertThat(alice.firstSync().at("/to_device/events")).isEmpty();
    alice.get(PATH + "/D2/events").fails(403, "M_FORBIDDEN");
    alice.get(PATH + "/D1/events?from=x").fails(400, "M_BAD_JSON");
  }
}

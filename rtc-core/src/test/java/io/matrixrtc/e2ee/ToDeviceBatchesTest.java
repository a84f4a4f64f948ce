package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToDeviceBatchesTest {
  private final List<ObjectNode> bodies = new ArrayList<>();

  /** Returns how many devices each request has, and checks that nothing is lost or re-ordered. */
  private List<Integer> split(int messages, int bytesEach) {
    Map<UserDevice, ObjectNode> all = new LinkedHashMap<>();
    for (int i = 0; i < messages; i++) {
      // {"x":"…"} is eight bytes more than the text in it
      all.put(
          new UserDevice("@user" + i % 7 + ":hs.test", "D" + i),
          Json.newObject().put("x", "y".repeat(bytesEach - 8)));
    }
    List<UserDevice> seen = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    bodies.clear();
    ToDeviceBatches.split(
        all,
        (body, devices) -> {
          bodies.add(body);
          sizes.add(devices.size());
          seen.addAll(devices);
          devices.forEach(
              device ->
                  assertThat(body.path("messages").path(device.userId()).path(device.deviceId()))
                      .isEqualTo(all.get(device)));
        });
    assertThat(seen).containsExactlyElementsOf(all.keySet());
    return sizes;
  }

  @Test
  void sendSplitByNumberAtTheBoundAndOneBeyond() {
    assertThat(split(ToDeviceBatches.MAX_MESSAGES, 10)).containsExactly(250);
    assertThat(split(ToDeviceBatches.MAX_MESSAGES + 1, 10)).containsExactly(250, 1);
  }

  /** Two messages whose body together has {@code bytes} bytes, to one user or to two. */
  private List<Integer> splitOfTwo(int bytes, String secondUser) throws Exception {
    Map<UserDevice, ObjectNode> all = new LinkedHashMap<>();
    UserDevice first = new UserDevice("@a\u00e9\"\ud83d\ude00:hs.test", "D\\1");
    UserDevice second = new UserDevice(secondUser, "D2");
    ObjectNode whole = Json.newObject();
    ObjectNode messages = whole.putObject("messages");
    messages.withObjectProperty(first.userId()).putObject(first.deviceId()).put("x", "\u00e9\n");
    messages.withObjectProperty(second.userId()).putObject(second.deviceId()).put("x", "");
    int rest = bytes - Json.mapper().writeValueAsBytes(whole).length;
    all.put(first, Json.newObject().put("x", "\u00e9\n"));
    all.put(second, Json.newObject().put("x", "y".repeat(rest)));
    List<Integer> sizes = new ArrayList<>();
    ToDeviceBatches.split(
        all,
        (body, devices) -> {
          bodies.add(body);
          sizes.add(devices.size());
        });
    return sizes;
  }

  @Test
  void sendSizeAtTheBoundAndOneBeyond_ours() throws Exception {
    for (String second : List.of("@b:hs.test", "@a\u00e9\"\ud83d\ude00:hs.test")) {
      bodies.clear();
      assertThat(splitOfTwo(ToDeviceBatches.MAX_BYTES, second)).containsExactly(2);
      assertThat(Json.mapper().writeValueAsBytes(bodies.get(0))).hasSize(ToDeviceBatches.MAX_BYTES);
      assertThat(splitOfTwo(ToDeviceBatches.MAX_BYTES + 1, second)).containsExactly(1, 1);
    }
    assertThat(ToDeviceBatches.MAX_BYTES).isEqualTo(262_144);
  }

  @Test
  void sendSizeOneMessageThatIsTooLongGoesAlone() {
    assertThat(split(3, ToDeviceBatches.MAX_BYTES + 1)).containsExactly(1, 1, 1);
  }

  @Test
  void sendSplitNothingForNobody() {
    assertThat(split(0, 10)).isEmpty();
    assertThat(bodies).isEmpty();
  }
}

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

  @Test
  void sendSizeAtTheBoundAndOneBeyond_ours() {
    int quarter = ToDeviceBatches.MAX_BYTES / 4;
    assertThat(split(4, quarter)).containsExactly(4);
    assertThat(split(4, quarter + 1)).containsExactly(3, 1);
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

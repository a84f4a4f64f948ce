package io.matrixrtc.widget.drivers;

import static io.matrixrtc.widget.drivers.HostedRoom.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.client.WidgetResult;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over the whole way: widget, WebSocket, bridge, host, account, homeserver, and back. */
class RelayedFilesTest {
  /** Every value of a byte in order, again and again; the large one is no multiple of anything. */
  @ParameterizedTest
  @ValueSource(ints = {256, (3 << 19) + 257})
  void mediaBinaryAFileGoesUpAndComesDownUnchangedThroughTheRelay(int size) throws Exception {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) i;
    }
    try (HostedRoom world = new HostedRoom(false);
        BridgedWidget bridged =
            new BridgedWidget(world, Set.of(Capability.parse("org.matrix.msc4039.upload_file")))) {
      assertThat(get(bridged.ready)).isTrue();
      ObjectNode upload = Json.newObject();
      upload
          .putObject("file")
          .put("$base64", Base64.getEncoder().encodeToString(bytes))
          .put("type", "application/octet-stream");
      String uri = answer(bridged, WidgetAction.UPLOAD_FILE, upload).path("content_uri").asText();
      assertThat(uri).startsWith("mxc://");
      ObjectNode download = Json.newObject().put("content_uri", uri);
      String back = answer(bridged, WidgetAction.DOWNLOAD_FILE, download).path("file").asText();
      assertThat(Base64.getDecoder().decode(back)).isEqualTo(bytes);
    }
  }

  private static ObjectNode answer(BridgedWidget bridged, WidgetAction action, ObjectNode data) {
    WidgetResult result = get(bridged.widget.request(action, data));
    assertThat(result).isInstanceOf(WidgetResult.Answered.class);
    return ((WidgetResult.Answered) result).response();
  }
}

package io.matrixrtc.homeserver.todevice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Devices;
import io.matrixrtc.homeserver.accounts.Transactions;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts messages into the inboxes of devices. */
public final class SendToDeviceEndpoint implements Endpoints {
  /** HS-SIZE-2: largest content for one device, in bytes of JSON. */
  public static final int MAX_CONTENT_BYTES = 65_536;

  private static final String ALL_DEVICES = "*";

  private final ToDeviceInbox inbox;
  private final Devices devices;
  private final Transactions transactions;

  public SendToDeviceEndpoint(ToDeviceInbox inbox, Devices devices, Transactions transactions) {
    this.inbox = inbox;
    this.devices = devices;
    this.transactions = transactions;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client(
        "PUT",
        "/sendToDevice/{type}/{txnId}",
        Route.Access.REQUIRED,
        RateClass.TO_DEVICE,
        this::send);
  }

  private Answer send(Request request) {
    return transactions.once(
        request,
        () -> {
          List<ToDeviceInbox.Addressed> messages = new ArrayList<>();
          for (Map.Entry<String, JsonNode> user :
              request.fields().required("messages").properties()) {
            ObjectNode byDevice = Fields.of(user.getValue(), user.getKey()).object();
            for (Map.Entry<String, JsonNode> device : byDevice.properties()) {
              ObjectNode content = Fields.of(device.getValue(), device.getKey()).object();
              address(request, user.getKey(), device.getKey(), content, messages);
            }
          }
          inbox.addAll(messages);
          return Json.object();
        });
  }

  private void address(
      Request request,
      String userId,
      String deviceId,
      ObjectNode content,
      List<ToDeviceInbox.Addressed> messages) {
    if (Json.bytes(content).length > MAX_CONTENT_BYTES) {
      throw new MatrixException(ErrorCode.M_TOO_LARGE, "To-device content is too large");
    }
    ToDeviceInbox.Message message =
        new ToDeviceInbox.Message(request.path("type"), request.session().userId(), content);
    if (deviceId.equals(ALL_DEVICES)) {
      for (Devices.Device device : devices.all(userId)) {
        messages.add(new ToDeviceInbox.Addressed(new Session(userId, device.deviceId()), message));
      }
    } else if (devices.exists(userId, deviceId)) {
      messages.add(new ToDeviceInbox.Addressed(new Session(userId, deviceId), message));
    }
  }
}

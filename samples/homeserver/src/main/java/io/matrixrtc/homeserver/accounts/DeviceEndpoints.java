package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import java.util.SortedSet;
import java.util.TreeSet;

/** The caller's own devices. */
public final class DeviceEndpoints implements Endpoints {
  /** Is told of a new display name, which others see as part of the device's keys. */
  @FunctionalInterface
  public interface RenameListener {
    void deviceRenamed(String userId);
  }

  private final Devices devices;
  private final InteractiveAuth auth;
  private final RenameListener renamed;

  public DeviceEndpoints(Devices devices, InteractiveAuth auth, RenameListener renamed) {
    this.devices = devices;
    this.auth = auth;
    this.renamed = renamed;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("GET", "/devices", this::list);
    routes.client("GET", "/devices/{deviceId}", r -> Answer.ok(json(find(r))));
    routes.client("PUT", "/devices/{deviceId}", this::rename);
    routes.client("DELETE", "/devices/{deviceId}", this::delete);
    routes.client("POST", "/delete_devices", this::deleteSeveral);
  }

  private Answer list(Request request) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("devices");
    devices.all(request.session().userId()).forEach(device -> list.add(json(device)));
    return Answer.ok(answer);
  }

  private Answer rename(Request request) {
    Devices.Device device = find(request);
    String userId = request.session().userId();
    request
        .fields()
        .optionalString("display_name")
        .ifPresent(
            name -> {
              devices.rename(userId, device.deviceId(), name);
              renamed.deviceRenamed(userId);
            });
    return Answer.ok();
  }

  private Answer delete(Request request) {
    String userId = request.session().userId();
    String deviceId = request.path("deviceId");
    auth.requirePassword(new Fields(request.jsonOrEmpty()), userId, "delete " + deviceId);
    devices.delete(new Session(userId, deviceId));
    return Answer.ok();
  }

  private Answer deleteSeveral(Request request) {
    String userId = request.session().userId();
    Fields body = request.fields();
    if (!body.object().has("devices")) {
      throw MatrixException.missing("devices");
    }
    // The session must not be good for other devices than those it was begun for.
    SortedSet<String> deviceIds = new TreeSet<>(body.strings("devices"));
    auth.requirePassword(body, userId, "delete " + deviceIds);
    deviceIds.forEach(deviceId -> devices.delete(new Session(userId, deviceId)));
    return Answer.ok();
  }

  private Devices.Device find(Request request) {
    return devices
        .get(request.session().userId(), request.path("deviceId"))
        .orElseThrow(() -> MatrixException.notFound("No device found"));
  }

  private static ObjectNode json(Devices.Device device) {
    return Json.object()
        .put("device_id", device.deviceId())
        .put("display_name", device.displayName().orElse(null))
        .put("last_seen_ts", device.lastSeenTs())
        .put("last_seen_ip", device.lastSeenIp());
  }
}

package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Devices;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Route;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import io.matrixrtc.homeserver.todevice.ToDeviceInbox;
import java.util.List;
import java.util.Optional;

/**
 * HS-DEHY: a device that lives here while its user has none online. Nobody is logged in as it;
 * apart from that it is a device as any other, with keys and an inbox. Source: MSC3814.
 */
public final class DehydratedDeviceEndpoints implements Endpoints {
  private static final String PATH =
      "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";
  private static final int EVENTS_AT_ONCE = 100;

  private record Row(String deviceId, ObjectNode deviceData) {}

  private static final TableSpec<Row> SPEC =
      TableSpec.of("dehydrated_devices", Row.class, "user_id");

  private final Table<Row> table;
  private final Devices devices;
  private final KeyUploadEndpoint keys;
  private final ToDeviceInbox inbox;

  DehydratedDeviceEndpoints(
      Storage storage, Devices devices, KeyUploadEndpoint keys, ToDeviceInbox inbox) {
    this.table = Table.open(storage, SPEC);
    this.devices = devices;
    this.keys = keys;
    this.inbox = inbox;
  }

  @Override
  public void addTo(Routes routes) {
    add(routes, "PUT", PATH, this::put);
    add(routes, "GET", PATH, this::get);
    add(routes, "DELETE", PATH, this::delete);
    String events = PATH + "/{deviceId}/events";
    add(routes, "GET", events, request -> events(request, request.query("from")));
    add(
        routes,
        "POST",
        events,
        request -> events(request, new Fields(request.jsonOrEmpty()).optionalString("next_batch")));
  }

  private static void add(Routes routes, String method, String path, Route.Handler handler) {
    routes.add(new Route(method, path, Route.Access.REQUIRED, Optional.empty(), handler));
  }

  /** HS-DEHY-REPLACE. */
  private Answer put(Request request) {
    String userId = request.session().userId();
    Fields body = request.fields();
    String deviceId = body.string("device_id");
    ObjectNode data = body.required("device_data");
    ObjectNode deviceKeys = body.required("device_keys");
    if (!deviceKeys.path("device_id").asText().equals(deviceId)) {
      throw MatrixException.badJson("device_keys must be of the dehydrated device");
    }
    Optional<Row> before = table.get(userId);
    boolean same = before.isPresent() && before.get().deviceId().equals(deviceId);
    if (!same && devices.exists(userId, deviceId)) {
      throw MatrixException.badJson("Somebody is logged in as this device");
    }
    before.ifPresent(row -> remove(userId, row));
    Session device = new Session(userId, deviceId);
    devices.addWithoutToken(device, body.optionalString("initial_device_display_name"));
    keys.upload(device, body);
    table.put(new Row(deviceId, data), userId);
    return Answer.ok(Json.object().put("device_id", deviceId));
  }

  private Answer get(Request request) {
    Row row = find(request);
    ObjectNode answer = Json.object().put("device_id", row.deviceId());
    answer.set("device_data", row.deviceData());
    return Answer.ok(answer);
  }

  private Answer delete(Request request) {
    Row row = find(request);
    remove(request.session().userId(), row);
    return Answer.ok(Json.object().put("device_id", row.deviceId()));
  }

  private Row find(Request request) {
    return table
        .get(request.session().userId())
        .orElseThrow(() -> MatrixException.notFound("No dehydrated device available"));
  }

  private void remove(String userId, Row row) {
    table.remove(userId);
    devices.delete(new Session(userId, row.deviceId()));
  }

  /**
   * HS-DEHY-EVENTS: a page of what waits; the token is the place behind it, and not there on the
   * last page.
   */
  private Answer events(Request request, Optional<String> from) {
    Row row = find(request);
    if (!row.deviceId().equals(request.path("deviceId"))) {
      throw new MatrixException(ErrorCode.M_FORBIDDEN, "Not the dehydrated device");
    }
    Session device = new Session(request.session().userId(), row.deviceId());
    long after = from.map(DehydratedDeviceEndpoints::position).orElse(0L);
    List<ToDeviceInbox.Waiting> page = inbox.after(device, after, EVENTS_AT_ONCE);
    ObjectNode answer = Json.object();
    ArrayNode events = answer.putArray("events");
    for (ToDeviceInbox.Waiting waiting : page) {
      ToDeviceInbox.Message message = waiting.message();
      events
          .addObject()
          .put("type", message.type())
          .put("sender", message.sender())
          .set("content", message.content());
    }
    if (page.size() == EVENTS_AT_ONCE) {
      answer.put("next_batch", "d" + page.get(page.size() - 1).position());
    }
    return Answer.ok(answer);
  }

  private static long position(String token) {
    try {
      return Long.parseLong(token.startsWith("d") ? token.substring(1) : token);
    } catch (NumberFormatException e) {
      throw MatrixException.badJson("no token of this endpoint: " + token);
    }
  }
}

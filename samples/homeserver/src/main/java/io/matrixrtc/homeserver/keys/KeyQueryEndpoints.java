package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.Devices;
import io.matrixrtc.homeserver.accounts.Users;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Reads others' keys and claims their one-time keys. */
final class KeyQueryEndpoints implements Endpoints {
  private final Users users;
  private final Devices devices;
  private final DeviceKeys deviceKeys;
  private final CrossSigningKeys crossSigning;
  private final Signatures signatures;
  private final OneTimeKeys oneTimeKeys;

  KeyQueryEndpoints(
      Users users,
      Devices devices,
      DeviceKeys deviceKeys,
      CrossSigningKeys crossSigning,
      Signatures signatures,
      OneTimeKeys oneTimeKeys) {
    this.users = users;
    this.devices = devices;
    this.deviceKeys = deviceKeys;
    this.crossSigning = crossSigning;
    this.signatures = signatures;
    this.oneTimeKeys = oneTimeKeys;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/keys/query", this::query);
    routes.client("POST", "/keys/claim", this::claim);
  }

  private Answer query(Request request) {
    String viewer = request.session().userId();
    ObjectNode answer = Json.object();
    ObjectNode found = answer.putObject("device_keys");
    ObjectNode failures = answer.putObject("failures");
    for (CrossSigningKeys.Usage usage : CrossSigningKeys.Usage.values()) {
      answer.putObject(usage.queryMember());
    }
    Fields wanted = new Fields(request.fields().required("device_keys"));
    Iterator<String> names = wanted.object().fieldNames();
    while (names.hasNext()) {
      String userId = names.next();
      List<String> only = wanted.strings(userId);
      users.otherServer(userId).ifPresent(server -> failed(failures, server));
      if (users.exists(userId)) {
        found.set(userId, devices(userId, only, viewer));
        addCrossSigning(answer, userId, viewer);
      }
    }
    return Answer.ok(answer);
  }

  private ObjectNode devices(String userId, List<String> only, String viewer) {
    ObjectNode found = Json.object();
    deviceKeys
        .all(userId)
        .forEach(
            (deviceId, keys) -> {
              if (only.isEmpty() || only.contains(deviceId)) {
                signatures.addTo(keys, userId, deviceId, viewer);
                ObjectNode unsigned = keys.putObject("unsigned");
                devices
                    .get(userId, deviceId)
                    .flatMap(Devices.Device::displayName)
                    .ifPresent(name -> unsigned.put("device_display_name", name));
                found.set(deviceId, keys);
              }
            });
    return found;
  }

  private void addCrossSigning(ObjectNode answer, String userId, String viewer) {
    for (CrossSigningKeys.Usage usage : CrossSigningKeys.Usage.values()) {
      if (usage == CrossSigningKeys.Usage.USER_SIGNING && !userId.equals(viewer)) {
        continue;
      }
      crossSigning
          .get(userId, usage)
          .ifPresent(
              key -> {
                String publicKey = CrossSigningKeys.publicKey(key).orElse("");
                signatures.addTo(key, userId, publicKey, viewer);
                ((ObjectNode) answer.get(usage.queryMember())).set(userId, key);
              });
    }
  }

  private Answer claim(Request request) {
    ObjectNode answer = Json.object();
    ObjectNode claimed = answer.putObject("one_time_keys");
    ObjectNode failures = answer.putObject("failures");
    ObjectNode wanted = request.fields().required("one_time_keys");

    for (Map.Entry<String, JsonNode> user : wanted.properties()) {
      ObjectNode ofUser = Fields.of(user.getValue(), user.getKey()).object();
      users.otherServer(user.getKey()).ifPresent(server -> failed(failures, server));

      for (Map.Entry<String, JsonNode> device : ofUser.properties()) {
        if (!device.getValue().isTextual()) {
          throw MatrixException.badJson("The algorithm must be a string.");
        }
        oneTimeKeys
            .claim(new Session(user.getKey(), device.getKey()), device.getValue().textValue())
            .ifPresent(key -> claimed.withObjectProperty(user.getKey()).set(device.getKey(), key));
      }
    }
    return Answer.ok(answer);
  }

  // HS-KEYS-FAILURES: without federation every other server is one that cannot be reached.
  private static void failed(ObjectNode failures, String server) {
    failures
        .putObject(server)
        .put("status", 503)
        .put("errcode", ErrorCode.M_UNKNOWN.name())
        .put("message", "No federation");
  }
}

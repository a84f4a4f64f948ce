package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import java.util.Optional;

/** A device publishes its keys. */
final class KeyUploadEndpoint implements Endpoints {
  private final DeviceKeys deviceKeys;
  private final OneTimeKeys oneTimeKeys;
  private final Signatures signatures;
  private final DeviceLists deviceLists;

  KeyUploadEndpoint(
      DeviceKeys deviceKeys,
      OneTimeKeys oneTimeKeys,
      Signatures signatures,
      DeviceLists deviceLists) {
    this.signatures = signatures;
    this.deviceKeys = deviceKeys;
    this.oneTimeKeys = oneTimeKeys;
    this.deviceLists = deviceLists;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/keys/upload", this::upload);
  }

  private Answer upload(Request request) {
    upload(request.session(), request.fields());
    ObjectNode answer = Json.object();
    answer.set("one_time_key_counts", oneTimeKeys.counts(request.session()));
    return Answer.ok(answer);
  }

  /** What {@code device} publishes. */
  void upload(Session device, Fields body) {
    if (body.object().path("device_keys").isNull()) {
      throw MatrixException.badJson("device_keys must not be null");
    }
    Optional<ObjectNode> identity = body.optionalObject("device_keys");
    identity.ifPresent(keys -> uploadIdentity(device, keys));
    body.optionalObject("one_time_keys")
        .ifPresent(
            keys ->
                keys.properties()
                    .forEach(key -> oneTimeKeys.upload(device, key.getKey(), key.getValue())));
    body.optionalObject("fallback_keys")
        .or(() -> body.optionalObject("org.matrix.msc2732.fallback_keys"))
        .ifPresent(
            keys ->
                keys.properties()
                    .forEach(
                        key -> oneTimeKeys.uploadFallback(device, key.getKey(), key.getValue())));
  }

  private void uploadIdentity(Session device, ObjectNode keys) {
    DeviceKeys.Change change = deviceKeys.upload(device, keys);
    if (change == DeviceKeys.Change.KEYS) {
      // What others have signed are the keys of before.
      signatures.remove(device.userId(), device.deviceId());
    }
    if (change != DeviceKeys.Change.NONE) {
      deviceLists.changed(device.userId());
    }
  }
}

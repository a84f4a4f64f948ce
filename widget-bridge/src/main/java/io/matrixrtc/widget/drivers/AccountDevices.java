package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.host.DriverResult;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Which devices users have, by the homeserver's word of this moment; without its word, that is a
 * failure. Whether one may be written to is for the Olm machine to say.
 */
final class AccountDevices
    implements Function<Set<String>, CompletionStage<DriverResult<Map<String, Set<String>>>>> {
  private final MatrixClient client;

  AccountDevices(MatrixClient client) {
    this.client = client;
  }

  @Override
  public CompletionStage<DriverResult<Map<String, Set<String>>>> apply(Set<String> userIds) {
    ObjectNode body = Json.newObject();
    ObjectNode users = body.putObject("device_keys");
    userIds.forEach(users::putArray);
    return HomeserverAnswers.of(
        client.keys().query(body).thenApply(result -> result.map(AccountDevices::devices)));
  }

  private static Map<String, Set<String>> devices(ObjectNode answer) {
    Map<String, Set<String>> devices = new TreeMap<>();
    answer
        .path("device_keys")
        .properties()
        .forEach(
            user -> {
              Set<String> ids = new TreeSet<>();
              user.getValue().fieldNames().forEachRemaining(ids::add);
              devices.put(user.getKey(), ids);
            });
    return devices;
  }
}

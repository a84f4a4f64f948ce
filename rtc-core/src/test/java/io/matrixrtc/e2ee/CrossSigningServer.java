package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The homeserver's side of cross-signing, for {@link MachineNetwork}. Checks nothing. */
final class CrossSigningServer {
  /** What users uploaded: {@code master_key} and so on. */
  final Map<String, ObjectNode> published = new HashMap<>();

  /** Key ids whose signatures are refused. */
  final Set<String> refused = new HashSet<>();

  /** Whether signatures are taken and thrown away. */
  boolean forgetful;

  private final MachineNetwork network;

  CrossSigningServer(MachineNetwork network) {
    this.network = network;
  }

  ObjectNode upload(String userId, ObjectNode body) {
    ObjectNode keys = body.deepCopy();
    keys.remove("auth");
    published.put(userId, keys);
    network.identities.remove(userId);
    return Json.newObject();
  }

  void show(ObjectNode answer, Set<String> users) {
    published.forEach(
        (user, keys) -> {
          if (users.contains(user) && !network.identities.containsKey(user)) {
            for (String kind :
                new String[] {"master_key", "self_signing_key", "user_signing_key"}) {
              answer.withObjectProperty(kind + "s").set(user, keys.path(kind).deepCopy());
            }
          }
        });
  }

  ObjectNode sign(ObjectNode body) {
    ObjectNode answer = Json.newObject();
    for (Map.Entry<String, JsonNode> user : body.properties()) {
      for (Map.Entry<String, JsonNode> entry : user.getValue().properties()) {
        if (refused.contains(entry.getKey())) {
          answer
              .withObjectProperty("failures")
              .withObjectProperty(user.getKey())
              .putObject(entry.getKey())
              .put("errcode", "M_INVALID_SIGNATURE")
              .put("error", "no");
        } else if (!forgetful) {
          merge(target(user.getKey(), entry.getKey()), entry.getValue());
        }
      }
    }
    return answer;
  }

  private ObjectNode target(String userId, String keyId) {
    ObjectNode device = network.deviceKeys.get(new UserDevice(userId, keyId));
    if (device != null) {
      return device;
    }
    TestIdentity identity = network.identities.get(userId);
    if (identity != null) {
      return identity.masterKey;
    }
    return (ObjectNode)
        network.crossSigning.published.getOrDefault(userId, Json.newObject()).path("master_key");
  }

  private static void merge(ObjectNode stored, JsonNode signed) {
    for (Map.Entry<String, JsonNode> signer : signed.path("signatures").properties()) {
      for (Map.Entry<String, JsonNode> signature : signer.getValue().properties()) {
        stored
            .withObjectProperty("signatures")
            .withObjectProperty(signer.getKey())
            .set(signature.getKey(), signature.getValue());
      }
    }
  }
}

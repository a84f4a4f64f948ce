package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.InteractiveAuth;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.signing.SignedJson;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Publishes cross-signing keys and signatures made with them. */
final class CrossSigningEndpoints implements Endpoints {
  private static final String ED25519 = "ed25519:";

  private final InteractiveAuth auth;
  private final DeviceKeys deviceKeys;
  private final CrossSigningKeys crossSigning;
  private final Signatures signatures;
  private final DeviceLists deviceLists;

  CrossSigningEndpoints(
      InteractiveAuth auth,
      DeviceKeys deviceKeys,
      CrossSigningKeys crossSigning,
      Signatures signatures,
      DeviceLists deviceLists) {
    this.auth = auth;
    this.deviceKeys = deviceKeys;
    this.crossSigning = crossSigning;
    this.signatures = signatures;
    this.deviceLists = deviceLists;
  }

  @Override
  public void addTo(Routes routes) {
    routes.client("POST", "/keys/device_signing/upload", this::upload);
    routes.client("POST", "/keys/signatures/upload", this::sign);
  }

  private Answer upload(Request request) {
    String userId = request.session().userId();
    Fields body = request.fields();
    Map<CrossSigningKeys.Usage, ObjectNode> given = new EnumMap<>(CrossSigningKeys.Usage.class);
    boolean replaces = false;
    boolean changes = false;
    for (CrossSigningKeys.Usage usage : CrossSigningKeys.Usage.values()) {
      ObjectNode key = body.optionalObject(usage.uploadMember()).orElse(null);
      if (key != null) {
        CrossSigningKeys.checkShape(userId, usage, key);
        given.put(usage, key);
        Optional<ObjectNode> present = crossSigning.get(userId, usage);
        changes |= !present.equals(Optional.of(key));
        replaces |= present.isPresent() && !present.get().path("keys").equals(key.path("keys"));
      }
    }
    checkSignatures(userId, given);
    // HS-XSIGN-UIA: the first keys and the same keys again need no password.
    if (replaces) {
      auth.requirePassword(body, userId, "replace cross-signing keys");
    }
    if (changes) {
      given.forEach((usage, key) -> crossSigning.put(userId, usage, key));
      deviceLists.changed(userId);
    }
    return Answer.ok();
  }

  private void checkSignatures(String userId, Map<CrossSigningKeys.Usage, ObjectNode> given) {
    Optional<ObjectNode> master =
        Optional.ofNullable(given.get(CrossSigningKeys.Usage.MASTER))
            .or(() -> crossSigning.get(userId, CrossSigningKeys.Usage.MASTER));
    given.forEach(
        (usage, key) -> {
          if (usage != CrossSigningKeys.Usage.MASTER) {
            CrossSigningKeys.checkSignedBy(
                master.orElseThrow(() -> MatrixException.invalidParam("No master key")),
                userId,
                usage,
                key);
          }
        });
  }

  private Answer sign(Request request) {
    String signer = request.session().userId();
    ObjectNode answer = Json.object();
    ObjectNode failures = answer.putObject("failures");

    for (Map.Entry<String, JsonNode> user : request.json().properties()) {
      boolean changed = false;

      for (Map.Entry<String, JsonNode> object :
          Fields.of(user.getValue(), user.getKey()).object().properties()) {
        ObjectNode signed = Fields.of(object.getValue(), object.getKey()).object();
        try {
          changed |= sign(signer, user.getKey(), object.getKey(), signed);
        } catch (MatrixException e) {
          failures.withObjectProperty(user.getKey()).set(object.getKey(), e.answer().body());
        }
      }
      if (changed && user.getKey().equals(signer)) {
        deviceLists.changed(signer);
      } else if (changed) {
        // Only the signer will see these signatures.
        deviceLists.changedFor(user.getKey(), signer);
      }
    }
    return Answer.ok(answer);
  }

  private boolean sign(String signer, String userId, String keyId, ObjectNode signed) {
    ObjectNode stored = target(userId, keyId);
    ObjectNode given = signed.path("signatures").path(signer) instanceof ObjectNode s ? s : null;
    if (given == null) {
      throw MatrixException.invalidParam("No signature by " + signer);
    }
    if (!unsigned(stored).equals(unsigned(signed))) {
      throw MatrixException.invalidParam("The signed object is not the one that is stored");
    }

    for (Map.Entry<String, JsonNode> signature : given.properties()) {
      String publicKey = signingKey(signer, userId, signature.getKey());
      if (!SignedJson.isSignedBy(signed, signer, signature.getKey(), publicKey)) {
        throw new MatrixException(ErrorCode.M_INVALID_SIGNATURE, "Bad signature");
      }
    }
    given
        .properties()
        .forEach(one -> signatures.put(userId, keyId, signer, one.getKey(), one.getValue()));
    return !given.isEmpty();
  }

  private ObjectNode target(String userId, String keyId) {
    Optional<ObjectNode> device = deviceKeys.get(userId, keyId);
    if (device.isPresent()) {
      return device.get();
    }
    return crossSigning
        .get(userId, CrossSigningKeys.Usage.MASTER)
        .filter(master -> CrossSigningKeys.publicKey(master).equals(Optional.of(keyId)))
        .orElseThrow(() -> MatrixException.notFound("No such device or master key"));
  }

  // Own devices sign the own master key, the self-signing key signs own devices, the user-signing
  // key signs others' master keys.
  private String signingKey(String signer, String userId, String keyId) {
    String name = keyId.startsWith(ED25519) ? keyId.substring(ED25519.length()) : "";
    CrossSigningKeys.Usage usage =
        signer.equals(userId)
            ? CrossSigningKeys.Usage.SELF_SIGNING
            : CrossSigningKeys.Usage.USER_SIGNING;
    Optional<String> key =
        crossSigning.get(signer, usage).flatMap(CrossSigningKeys::publicKey).filter(name::equals);
    if (key.isEmpty() && signer.equals(userId)) {
      key = deviceKeys.get(signer, name).map(device -> device.path("keys").path(keyId).asText());
    }
    return key.orElseThrow(
        () -> new MatrixException(ErrorCode.M_INVALID_SIGNATURE, "No such signing key: " + keyId));
  }

  private static ObjectNode unsigned(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    copy.remove("signatures");
    copy.remove("unsigned");
    return copy;
  }
}

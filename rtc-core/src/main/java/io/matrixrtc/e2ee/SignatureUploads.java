package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.OutgoingRequest.SignaturesUpload;
import io.matrixrtc.e2ee.SignatureTarget.Kind;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Ed25519KeyPair;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Signs with our own identity, and brings the signatures to the homeserver. What is to be signed is
 * stored, so that a crash loses nothing (XS-SIGN-KEPT); the signature itself is made when it
 * leaves, of what is known then.
 */
final class SignatureUploads {
  /** As many signatures go into one request. */
  static final int MAX_PER_REQUEST = 250;

  private static final String ROW = "signatures to upload";

  private final OwnIdentity own;
  private final Identities identities;
  private final DeviceDirectory directory;
  private final OwnSecretRows rows;
  private final RequestIds ids;
  private final FailureBackoff<String> backoff = new FailureBackoff<>();
  private final Set<SignatureTarget> wanted = new LinkedHashSet<>();
  private final Map<SignatureTarget, SignatureFailure> failures = new LinkedHashMap<>();
  private Map<SignatureTarget, ObjectNode> sent = Map.of();
  private @Nullable SignaturesUpload underWay;

  SignatureUploads(
      OwnIdentity own,
      Identities identities,
      DeviceDirectory directory,
      OwnSecretRows rows,
      RequestIds ids)
      throws CryptoStoreException {
    this.own = own;
    this.identities = identities;
    this.directory = directory;
    this.rows = rows;
    this.ids = ids;
    for (JsonNode target : rows.loadJson(ROW).path("targets")) {
      wanted.add(
          new SignatureTarget(
              target.path(0).asText(),
              target.path(1).asText(),
              Kind.valueOf(target.path(2).asText())));
    }
  }

  /** Wants something signed (XS-SIGN-KEPT). */
  void want(SignatureTarget target) {
    failures.remove(target);
    if (wanted.add(target)) {
      store();
    }
  }

  Set<SignatureTarget> wanted() {
    return Set.copyOf(wanted);
  }

  List<SignatureFailure> takeFailures() {
    List<SignatureFailure> taken = List.copyOf(failures.values());
    failures.clear();
    return taken;
  }

  private void store() {
    ObjectNode facts = Json.newObject();
    if (!wanted.isEmpty()) {
      ArrayNode targets = facts.putArray("targets");
      wanted.forEach(t -> targets.addArray().add(t.userId()).add(t.keyId()).add(t.kind().name()));
    }
    rows.putJson(ROW, facts);
  }

  /** The upload that is wanted now: the one under way, a new one, or none. */
  Optional<SignaturesUpload> request(Instant now) throws CryptoStoreException {
    if (underWay == null && !wanted.isEmpty() && !backoff.isWaiting(ROW, now)) {
      Map<SignatureTarget, ObjectNode> signed = new LinkedHashMap<>();
      for (SignatureTarget target : List.copyOf(wanted)) {
        Optional<ObjectNode> object =
            signed.size() < MAX_PER_REQUEST ? signed(target) : Optional.of(Json.newObject());
        if (object.isEmpty()) {
          failed(
              target, "M_NOT_FOUND", "it is not known any more, or our key is not ours any more");
        } else if (signed.size() < MAX_PER_REQUEST) {
          signed.put(target, object.get());
        }
      }
      if (!signed.isEmpty()) {
        sent = signed;
        underWay = new SignaturesUpload(ids.next(), body(signed));
      }
    }
    return Optional.ofNullable(underWay);
  }

  private static ObjectNode body(Map<SignatureTarget, ObjectNode> signed) {
    ObjectNode body = Json.newObject();
    signed.forEach(
        (target, object) ->
            body.withObjectProperty(target.userId()).set(target.keyId(), object.deepCopy()));
    return body;
  }

  /** The object with the new signature alone (XS-SIGN); empty if there is nothing to sign. */
  private Optional<ObjectNode> signed(SignatureTarget target) throws CryptoStoreException {
    Optional<Ed25519KeyPair> key =
        own.key(target.kind() == Kind.DEVICE ? Usage.SELF_SIGNING : Usage.USER_SIGNING);
    Optional<ObjectNode> object = object(target);
    if (key.isEmpty() || object.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode bare = object.get();
    bare.remove("signatures");
    bare.remove("unsigned");
    return Optional.of(PrivateIdentity.sign(bare, own.userId(), key.get()));
  }

  private Optional<ObjectNode> object(SignatureTarget target) throws CryptoStoreException {
    if (target.kind() == Kind.DEVICE) {
      return directory
          .find(new UserDevice(target.userId(), target.keyId()))
          .map(device -> device.keys().toJson());
    }
    return identities
        .find(target.userId())
        .map(UserIdentity::master)
        .filter(master -> master.key().toBase64().equals(target.keyId()))
        .map(CrossSigningKey::toJson);
  }

  boolean isUnderWay(String id) {
    return underWay != null && underWay.id().equals(id);
  }

  /**
   * The homeserver took the signatures, but for those that it names (XS-SIGN-FAILURES). Returns the
   * users whose keys have a new one.
   */
  Set<String> onAnswer(ObjectNode answer) throws CryptoStoreException {
    backoff.succeeded(ROW);
    underWay = null;
    Set<String> signed = new HashSet<>();
    for (Map.Entry<SignatureTarget, ObjectNode> entry : sent.entrySet()) {
      SignatureTarget target = entry.getKey();
      JsonNode failure = answer.path("failures").path(target.userId()).path(target.keyId());
      if (failure.isMissingNode()) {
        wanted.remove(target);
        addLocally(target, entry.getValue());
        signed.add(target.userId());
      } else {
        failed(
            target,
            ShownText.of(failure.path("errcode").asText("M_UNKNOWN"), ShownText.MAX_ID_CHARS),
            ShownText.of(failure.path("error").asText(""), ShownText.MAX_ID_CHARS));
      }
    }
    sent = Map.of();
    store();
    return signed;
  }

  private void failed(SignatureTarget target, String errcode, String message) {
    wanted.remove(target);
    failures.put(target, new SignatureFailure(target, errcode, message));
    store();
  }

  /** What was signed counts at once; the homeserver will show it at the next query. */
  private void addLocally(SignatureTarget target, ObjectNode signed) throws CryptoStoreException {
    Optional<ObjectNode> object = object(target);
    if (object.isEmpty()) {
      return;
    }
    ObjectNode merged = object.get();
    signed
        .path("signatures")
        .path(own.userId())
        .properties()
        .forEach(
            signature ->
                merged
                    .withObjectProperty("signatures")
                    .withObjectProperty(own.userId())
                    .set(signature.getKey(), signature.getValue()));
    try {
      if (target.kind() == Kind.DEVICE) {
        UserDevice address = new UserDevice(target.userId(), target.keyId());
        LocalTrust trust = directory.find(address).map(Device::localTrust).orElse(LocalTrust.UNSET);
        directory.put(new Device(SignedDeviceKeys.fromStore(merged), trust));
      } else {
        UserIdentity known = identities.find(target.userId()).orElseThrow();
        identities.put(
            known.with(
                CrossSigningKey.parse(target.userId(), Usage.MASTER, merged),
                known.selfSigning(),
                known.userSigning()));
      }
    } catch (DeviceKeysException | CrossSigningKeyException e) {
      throw new IllegalStateException("a signature more changes nothing else", e);
    }
  }

  /** The homeserver gave no answer: the signatures are tried again later. */
  void onFailure(Instant now) {
    underWay = null;
    sent = Map.of();
    backoff.failed(ROW, now);
  }

  Optional<Instant> nextDeadline(Instant now) {
    return backoff.nextEnd(now);
  }
}

package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.signing.CanonicalJson;
import io.matrixrtc.homeserver.signing.NotCanonical;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CrossSigningTest extends ServerTest {
  /** An Ed25519 key pair from one byte. */
  private record Pair(int seed) {
    Ed25519PrivateKeyParameters key() {
      byte[] bytes = new byte[32];
      Arrays.fill(bytes, (byte) seed);
      return new Ed25519PrivateKeyParameters(bytes, 0);
    }

    String publicKey() {
      return Base64.getEncoder()
          .withoutPadding()
          .encodeToString(key().generatePublicKey().getEncoded());
    }

    /** Adds this key's signature by that user, under that key name. */
    ObjectNode sign(ObjectNode object, String userId, String name) {
      ObjectNode signed = object.deepCopy();
      signed.remove(List.of("signatures", "unsigned"));
      byte[] message;
      try {
        message = CanonicalJson.bytes(signed);
      } catch (NotCanonical e) {
        throw new IllegalStateException(e);
      }
      Ed25519Signer signer = new Ed25519Signer();
      signer.init(true, key());
      signer.update(message, 0, message.length);
      String signature =
          Base64.getEncoder().withoutPadding().encodeToString(signer.generateSignature());
      ObjectNode copy = object.deepCopy();
      copy.withObjectProperty("signatures")
          .withObjectProperty(userId)
          .put("ed25519:" + name, signature);
      return copy;
    }
  }

  private static final Pair MASTER = new Pair(1);
  private static final Pair SELF = new Pair(2);
  private static final Pair USER = new Pair(3);
  private static final Pair DEVICE = new Pair(4);

  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private static ObjectNode key(Client owner, String usage, Pair pair) {
    ObjectNode key = Client.JSON.createObjectNode().put("user_id", owner.userId());
    key.putArray("usage").add(usage);
    key.putObject("keys").put("ed25519:" + pair.publicKey(), pair.publicKey());
    return key;
  }

  private static ObjectNode keys(Client owner, Pair master) {
    ObjectNode body = Client.JSON.createObjectNode();
    body.set("master_key", key(owner, "master", master));
    String name = master.publicKey();
    body.set(
        "self_signing_key", master.sign(key(owner, "self_signing", SELF), owner.userId(), name));
    body.set(
        "user_signing_key", master.sign(key(owner, "user_signing", USER), owner.userId(), name));
    return body;
  }

  private static Reply upload(Client client, ObjectNode body) {
    return client.post("/keys/device_signing/upload", body.toString());
  }

  private static JsonNode query(Client viewer, Client owner) {
    return viewer.post("/keys/query", "{'device_keys':{'" + owner.userId() + "':[]}}").ok();
  }

  @Test
  void theFirstKeysAreTakenAndShownWithoutThePrivateOne_HS_XSIGN_VIEW() {
    upload(alice, keys(alice, MASTER)).ok();
    JsonNode own = query(alice, alice);
    assertThat(own.path("user_signing_keys").has("@alice:test")).isTrue();
    JsonNode others = query(bob, alice);
    assertThat(others.at("/master_keys/@alice:test/keys").has("ed25519:" + MASTER.publicKey()))
        .isTrue();
    assertThat(others.path("self_signing_keys").has("@alice:test")).isTrue();
    assertThat(others.path("user_signing_keys").isEmpty()).isTrue();
  }

  @Test
  void keysThatTheMasterKeyHasNotSignedAreRefused_HS_XSIGN_SIG() {
    ObjectNode body = keys(alice, MASTER);
    body.set("self_signing_key", key(alice, "self_signing", SELF));
    upload(alice, body).fails(400, "M_INVALID_SIGNATURE");
    body.set(
        "self_signing_key",
        SELF.sign(key(alice, "self_signing", SELF), "@alice:test", MASTER.publicKey()));
    upload(alice, body).fails(400, "M_INVALID_SIGNATURE");
    ObjectNode wrong = keys(alice, MASTER);
    wrong.set("master_key", key(bob, "master", MASTER));
    upload(alice, wrong).fails(400, "M_INVALID_PARAM");
    assertThat(query(alice, alice).path("master_keys").isEmpty()).isTrue();
    upload(alice, keys(alice, MASTER)).ok();
  }

  @Test
  void replacingKeysTakesThePassword_HS_XSIGN_UIA() {
    upload(alice, keys(alice, MASTER)).ok();
    upload(alice, keys(alice, MASTER)).ok();
    ObjectNode other = keys(alice, new Pair(9));
    Reply challenge = upload(alice, other);
    assertThat(challenge.status()).isEqualTo(401);
    other
        .putObject("auth")
        .put("type", "m.login.password")
        .put("session", challenge.body().path("session").asText())
        .put("password", "secret-alice");
    upload(alice, other).ok();
    assertThat(query(bob, alice).at("/master_keys/@alice:test/keys").toString())
        .contains(new Pair(9).publicKey());
  }

  @Test
  void newCrossSigningKeysAreADeviceListChangeAndTheSameOnesAreNot_HS_DL_CHANGED() {
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    JsonNode before = bob.firstSync();
    upload(alice, keys(alice, MASTER)).ok();
    JsonNode after = bob.syncAfter(before);
    assertThat(texts(after.at("/device_lists/changed"))).containsExactly("@alice:test");
    upload(alice, keys(alice, MASTER)).ok();
    assertThat(bob.syncAfter(after).has("device_lists")).isFalse();
  }

  @Test
  void aSignatureOnAnOwnDeviceIsMergedAndSeenByAll() {
    upload(alice, keys(alice, MASTER)).ok();
    alice.uploadDeviceKeys(DEVICE.publicKey());
    ObjectNode device = (ObjectNode) query(alice, alice).at("/device_keys/@alice:test/ALICE1");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    JsonNode before = bob.firstSync();
    ObjectNode signed = SELF.sign(device, "@alice:test", SELF.publicKey());
    assertThat(sign(alice, "@alice:test", "ALICE1", signed).path("failures").isEmpty()).isTrue();
    JsonNode seen = query(bob, alice).at("/device_keys/@alice:test/ALICE1/signatures/@alice:test");
    assertThat(names(seen)).containsExactly("ed25519:" + SELF.publicKey());
    assertThat(texts(bob.syncAfter(before).at("/device_lists/changed"))).contains("@alice:test");
  }

  @Test
  void aSignatureOnAnotherUsersKeyIsSeenByItsSignerOnly_HS_XSIGN_VIEW() {
    upload(alice, keys(alice, MASTER)).ok();
    Pair bobs = new Pair(7);
    upload(bob, keys(bob, bobs)).ok();
    ObjectNode target = key(bob, "master", bobs);
    ObjectNode signed = USER.sign(target, "@alice:test", USER.publicKey());
    assertThat(sign(alice, "@bob:test", bobs.publicKey(), signed).path("failures").isEmpty())
        .isTrue();
    assertThat(names(query(alice, bob).at("/master_keys/@bob:test/signatures")))
        .containsExactly("@alice:test");
    assertThat(query(bob, bob).at("/master_keys/@bob:test").has("signatures")).isFalse();
  }

  @Test
  void aSignatureOnAnotherUsersKeyIsToldToItsSignersDevicesOnly_HS_DL_SIGNED() {
    upload(alice, keys(alice, MASTER)).ok();
    Pair bobs = new Pair(7);
    upload(bob, keys(bob, bobs)).ok();
    Client second = alice.logIn("ALICE2");
    Client carol = register("carol");
    String room = bob.createRoom("{'preset':'public_chat'}");
    carol.join(room);
    JsonNode[] before = {second.firstSync(), bob.firstSync(), carol.firstSync()};
    ObjectNode signed = USER.sign(key(bob, "master", bobs), "@alice:test", USER.publicKey());
    sign(alice, "@bob:test", bobs.publicKey(), signed);
    assertThat(texts(second.syncAfter(before[0]).at("/device_lists/changed")))
        .as("no room is shared")
        .containsExactly("@bob:test");
    assertThat(bob.syncAfter(before[1]).has("device_lists")).isFalse();
    assertThat(carol.syncAfter(before[2]).has("device_lists")).isFalse();
    assertThat(
            texts(
                second
                    .get("/keys/changes?to=x&from=" + before[0].path("next_batch").asText())
                    .ok()
                    .path("changed")))
        .containsExactly("@bob:test");
  }

  @Test
  void badSignaturesAreReportedAsFailures() {
    upload(alice, keys(alice, MASTER)).ok();
    alice.uploadDeviceKeys(DEVICE.publicKey());
    ObjectNode device = (ObjectNode) query(alice, alice).at("/device_keys/@alice:test/ALICE1");
    ObjectNode forged = USER.sign(device, "@alice:test", SELF.publicKey());
    JsonNode failures = sign(alice, "@alice:test", "ALICE1", forged).path("failures");
    assertThat(failures.at("/@alice:test/ALICE1/errcode").asText())
        .isEqualTo("M_INVALID_SIGNATURE");
    ObjectNode other = device.deepCopy().put("more", 1);
    JsonNode changed =
        sign(alice, "@alice:test", "ALICE1", SELF.sign(other, "@alice:test", SELF.publicKey()));
    assertThat(changed.at("/failures/@alice:test/ALICE1/errcode").asText())
        .isEqualTo("M_INVALID_PARAM");
    JsonNode none = sign(alice, "@alice:test", "NONE", forged);
    assertThat(none.at("/failures/@alice:test/NONE/errcode").asText()).isEqualTo("M_NOT_FOUND");
    assertThat(query(bob, alice).at("/device_keys/@alice:test/ALICE1").has("signatures")).isFalse();
  }

  @Test
  void newDeviceKeysLoseTheSignaturesOfTheOldOnes() {
    upload(alice, keys(alice, MASTER)).ok();
    alice.uploadDeviceKeys(DEVICE.publicKey());
    ObjectNode device = (ObjectNode) query(alice, alice).at("/device_keys/@alice:test/ALICE1");
    sign(alice, "@alice:test", "ALICE1", SELF.sign(device, "@alice:test", SELF.publicKey()));
    alice.uploadDeviceKeys(new Pair(5).publicKey());
    assertThat(query(bob, alice).at("/device_keys/@alice:test/ALICE1").has("signatures")).isFalse();
  }

  private static JsonNode sign(Client client, String userId, String keyId, ObjectNode signed) {
    ObjectNode body = Client.JSON.createObjectNode();
    body.putObject(userId).set(keyId, signed);
    return client.post("/keys/signatures/upload", body.toString()).ok();
  }
}

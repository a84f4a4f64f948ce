package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.DeviceKeysException.Reason;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Device keys that are taken, and each reason for which they are not. */
class SignedDeviceKeysTest {
  private static final String USER = "@alice:example.org";

  private final Account account = account(1);

  private static Account account(long seed) {
    return Account.generate(new SplittableRandom(seed)::nextBytes);
  }

  private static ObjectNode unsigned(Account account) {
    ObjectNode object = Json.newObject().put("user_id", USER).put("device_id", "DEVICE");
    object.putArray("algorithms").add(SignedDeviceKeys.OLM_ALGORITHM).add("m.other");
    object
        .putObject("keys")
        .put("ed25519:DEVICE", account.identityKeys().ed25519().toBase64())
        .put("curve25519:DEVICE", account.identityKeys().curve25519().toBase64())
        .put("future:DEVICE", "kept as it is");
    return object;
  }

  private static ObjectNode sign(ObjectNode object, Account account) throws Exception {
    return SignedJson.sign(
        object, USER, "ed25519:DEVICE", message -> account.sign(message).toBytes());
  }

  private static Reason refusal(ObjectNode object, @Nullable SignedDeviceKeys known) {
    return catchThrowableOfType(
            DeviceKeysException.class, () -> SignedDeviceKeys.accept(USER, "DEVICE", object, known))
        .reason();
  }

  @Test
  void takesWhatTheDeviceSigned_DEV_SELF() throws Exception {
    ObjectNode object = sign(unsigned(account).put("unknown", 5), account);
    object.putObject("unsigned").put("device_display_name", "phone");
    SignedDeviceKeys keys = SignedDeviceKeys.accept(USER, "DEVICE", object, null);
    assertThat(keys.ed25519()).isEqualTo(account.identityKeys().ed25519());
    assertThat(keys.curve25519()).contains(account.identityKeys().curve25519());
    assertThat(keys.algorithms()).containsExactly(SignedDeviceKeys.OLM_ALGORITHM, "m.other");
    assertThat(keys.supportsOlm()).isTrue();
    assertThat(keys.isDehydrated()).isFalse();
    assertThat(keys.toJson()).isEqualTo(object);
    object.put("unknown", 6);
    assertThat(keys.toJson().get("unknown").intValue()).isEqualTo(5);
    assertThat(refusal(object, null)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void aDeviceWithoutCurveKeyOrOlmIsTakenButGetsNoSession() throws Exception {
    ObjectNode noKey = unsigned(account);
    noKey.withObject("/keys").remove("curve25519:DEVICE");
    ObjectNode noOlm = unsigned(account);
    noOlm.putArray("algorithms").add("m.other");
    for (ObjectNode object : new ObjectNode[] {noKey, noOlm}) {
      assertThat(SignedDeviceKeys.parse(sign(object, account)).supportsOlm()).isFalse();
    }
    assertThat(SignedDeviceKeys.parse(sign(unsigned(account), account)).supportsOlm()).isTrue();
  }

  @Test
  void refusesWhatIsFiledUnderOthers_DEV_FILED() throws Exception {
    ObjectNode object = sign(unsigned(account), account);
    assertThat(
            catchThrowableOfType(
                    DeviceKeysException.class,
                    () -> SignedDeviceKeys.accept("@bob:example.org", "DEVICE", object, null))
                .reason())
        .isEqualTo(Reason.OTHER_USER);
    assertThat(
            catchThrowableOfType(
                    DeviceKeysException.class,
                    () -> SignedDeviceKeys.accept(USER, "OTHER", object, null))
                .reason())
        .isEqualTo(Reason.OTHER_DEVICE);
  }

  @Test
  void aKnownDeviceKeepsItsSigningKey_DEV_PIN() throws Exception {
    SignedDeviceKeys known = SignedDeviceKeys.parse(sign(unsigned(account), account));
    Account other = account(2);
    assertThat(refusal(sign(unsigned(other), other), known)).isEqualTo(Reason.SIGNING_KEY_CHANGED);
    ObjectNode newCurveKey = unsigned(account);
    newCurveKey
        .withObject("/keys")
        .put("curve25519:DEVICE", other.identityKeys().curve25519().toBase64());
    assertThat(
            SignedDeviceKeys.accept(USER, "DEVICE", sign(newCurveKey, account), known).curve25519())
        .contains(other.identityKeys().curve25519());
  }

  @Test
  void whatIsWrittenAsBeforeIsNotVerifiedAgain_DEV_SAME() throws Exception {
    ObjectNode object = sign(unsigned(account), account);
    SignedDeviceKeys known = SignedDeviceKeys.accept(USER, "DEVICE", object.deepCopy(), null);
    assertThat(SignedDeviceKeys.accept(USER, "DEVICE", object.deepCopy(), known)).isSameAs(known);
    ObjectNode renamed = object.deepCopy();
    renamed.putObject("unsigned").put("device_display_name", "phone");
    assertThat(SignedDeviceKeys.accept(USER, "DEVICE", renamed, known).toJson()).isEqualTo(renamed);
    assertThat(refusal(sign(unsigned(account), account(2)), known)).isEqualTo(Reason.BAD_SIGNATURE);
    assertThat(refusal(object.deepCopy().put("unknown", 5), known)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void namesEachReason_DEV_KEY() throws Exception {
    ObjectNode badKey = unsigned(account);
    badKey.withObject("/keys").put("curve25519:DEVICE", "AAAA");
    assertThat(refusal(sign(badKey, account), null)).isEqualTo(Reason.BAD_KEY);
    ObjectNode otherBadKey = unsigned(account);
    otherBadKey.withObject("/keys").put("ed25519:OTHER", "-".repeat(43));
    assertThat(refusal(sign(otherBadKey, account), null)).isEqualTo(Reason.BAD_KEY);
    ObjectNode noSigningKey = unsigned(account);
    noSigningKey.withObject("/keys").remove("ed25519:DEVICE");
    assertThat(refusal(sign(noSigningKey, account), null)).isEqualTo(Reason.SIGNING_KEY_MISSING);
    assertThat(refusal(unsigned(account), null)).isEqualTo(Reason.SIGNATURE_MISSING);
    assertThat(refusal(sign(unsigned(account), account(2)), null)).isEqualTo(Reason.BAD_SIGNATURE);
    ObjectNode badEncoding = sign(unsigned(account), account);
    ((ObjectNode) badEncoding.get("signatures").get(USER)).put("ed25519:DEVICE", "%");
    assertThat(refusal(badEncoding, null)).isEqualTo(Reason.BAD_SIGNATURE_ENCODING);
    for (String member : new String[] {"user_id", "device_id", "keys", "algorithms"}) {
      ObjectNode without = unsigned(account);
      without.remove(member);
      assertThat(refusal(sign(without, account), null)).as(member).isEqualTo(Reason.MALFORMED);
    }
    ObjectNode fraction = sign(unsigned(account), account).put("a", 1.5);
    assertThat(refusal(fraction, null)).isEqualTo(Reason.MALFORMED);
  }
}

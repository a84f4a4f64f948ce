package io.matrixrtc.backup.dehydration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519SecretKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class DehydratedDeviceTest {
  private final byte[] key = new byte[32];
  private final Curve25519SecretKey identity = Curve25519SecretKey.generate(TestRandom.of(1));
  private final String deviceId = identity.publicKey().toBase64();

  private ObjectNode sealed(byte[] plaintext) throws Exception {
    Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(new byte[12]));
    return Json.newObject()
        .put("algorithm", DehydratedDevice.ALGORITHM)
        .put("nonce", Base64Text.encode(new byte[12]))
        .put("device_pickle", Base64Text.encode(cipher.doFinal(plaintext)));
  }

  private byte[] plaintext(int version, int count, int keys, int fallback) {
    return ByteBuffer.allocate(4 + 64 + 4 + keys * 32 + 33)
        .putInt(version)
        .put(identity.copySecret())
        .put(new byte[32])
        .putInt(count)
        .put(new byte[keys * 32])
        .put((byte) fallback)
        .put(new byte[32])
        .array();
  }

  private boolean opens(byte[] plaintext) throws Exception {
    return DehydratedDevice.open(key, deviceId, sealed(plaintext)).isPresent();
  }

  @Test
  void dehyVersionMayBeEither() throws Exception {
    assertThat(opens(plaintext(1, 2, 2, 1))).isTrue();
    assertThat(opens(plaintext(0x80000000, 0, 0, 0))).isTrue();
    assertThat(opens(plaintext(2, 0, 0, 0))).isFalse();
    assertThat(opens(plaintext(0, 0, 0, 0))).isFalse();
  }

  @Test
  void theCountMustBeWhatIsThere() throws Exception {
    assertThat(opens(plaintext(1, 1, 2, 1))).isFalse();
    assertThat(opens(plaintext(1, 3, 2, 1))).isFalse();
    assertThat(opens(plaintext(1, -1, 0, 1))).isFalse();
    assertThat(opens(plaintext(1, 0x08000001, 1, 1))).isFalse(); // · 32 wraps around to 32
    assertThat(opens(Arrays.copyOf(plaintext(1, 0, 0, 1), 104))).isFalse();
    assertThat(opens(new byte[0])).isFalse();
  }

  @Test
  void dehyIdIsTheIdentityKey() throws Exception {
    ObjectNode data = sealed(plaintext(1, 1, 1, 1));
    assertThat(DehydratedDevice.open(key, deviceId, data).orElseThrow().fallbackKey()).isPresent();
    assertThat(DehydratedDevice.open(key, deviceId + "=", data)).isEmpty();
  }

  @Test
  void dehyTagAndFormMustBeRight_C91() throws Exception {
    ObjectNode data = sealed(plaintext(1, 1, 1, 1));
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(DehydratedDevice.open(other, deviceId, data)).isEmpty();
    assertThat(DehydratedDevice.open(new byte[31], deviceId, data)).isEmpty();
    assertThat(DehydratedDevice.open(key, deviceId, data.deepCopy().put("nonce", "AAAA")))
        .isEmpty();
    assertThat(DehydratedDevice.open(key, deviceId, data.deepCopy().put("algorithm", "x")))
        .isEmpty();
    assertThat(DehydratedDevice.open(key, deviceId, data.deepCopy().put("device_pickle", "*")))
        .isEmpty();
    assertThat(DehydratedDevice.open(key, deviceId, Json.newObject())).isEmpty();
  }
}

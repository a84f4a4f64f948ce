package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading a key twice costs once, within bounds. */
class ReadKeysTest {
  private final ReadKeys keys = new ReadKeys();

  private static List<String> texts(int count) {
    List<String> texts = new ArrayList<>();
    byte[] bytes = new byte[32];
    for (int i = 0; texts.size() < count; i++) {
      bytes[0] = (byte) i;
      bytes[1] = (byte) (i >> 8);
      try {
        texts.add(Ed25519PublicKey.of(bytes).toBase64());
      } catch (KeyFormatException e) {
        assertThat(e.reason()).isEqualTo(KeyFormatException.Reason.NOT_A_POINT); // every second
      }
    }
    return texts;
  }

  @Test
  void theSameTextGivesTheSameKey() throws Exception {
    String text = texts(1).get(0);
    Ed25519PublicKey key = keys.fromBase64(text);
    assertThat(keys.fromBase64(text)).isSameAs(key).isEqualTo(Ed25519PublicKey.fromBase64(text));
  }

  @Test
  void edPointWhatIsNoKeyIsRefusedEachTimeAndNotKept() {
    String notAPoint = Base64Text.encode(new byte[] {2}) + "A".repeat(41);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> keys.fromBase64(notAPoint)).isInstanceOf(KeyFormatException.class);
    }
    assertThat(keys.size()).isZero();
  }

  @Test
  void noMoreThanTheLimitAreKeptAndTheOneUnusedForLongestGoes() throws Exception {
    List<String> texts = texts(ReadKeys.MAX_KEYS + 1);
    Ed25519PublicKey first = keys.fromBase64(texts.get(0));
    Ed25519PublicKey second = keys.fromBase64(texts.get(1));
    for (String text : texts.subList(2, ReadKeys.MAX_KEYS)) {
      keys.fromBase64(text);
    }
    assertThat(keys.size()).isEqualTo(ReadKeys.MAX_KEYS);
    assertThat(keys.fromBase64(texts.get(0))).isSameAs(first);
    keys.fromBase64(texts.get(ReadKeys.MAX_KEYS));
    assertThat(keys.size()).isEqualTo(ReadKeys.MAX_KEYS);
    assertThat(keys.fromBase64(texts.get(0))).isSameAs(first);
    assertThat(keys.fromBase64(texts.get(1))).isNotSameAs(second).isEqualTo(second);
  }
}

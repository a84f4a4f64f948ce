package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaKeyTest {
  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void holdsACopyOf16To64Bytes(int length) {
    byte[] material = new byte[length];
    Arrays.fill(material, (byte) 7);
    MediaKey key = MediaKey.copyOf(material);
    Arrays.fill(material, (byte) 0);
    assertThat(key.copyMaterial()).hasSize(length).containsOnly(7);
    assertThat(key.lengthBytes()).isEqualTo(length);
    key.copyMaterial()[0] = 0;
    assertThat(key.copyMaterial()).containsOnly(7);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 65})
  void refusesOtherLengths(int length) {
    assertThatThrownBy(() -> MediaKey.copyOf(new byte[length]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got " + length);
    assertThatThrownBy(() -> MediaKey.generate(new SplittableRandom(1), length))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void generatesDifferentKeysWithDifferentFingerprints() {
    SplittableRandom random = new SplittableRandom(1);
    Set<String> fingerprints = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      fingerprints.add(MediaKey.generate(random).fingerprint());
    }
    assertThat(fingerprints).hasSize(100);
  }

  @Test
  void fingerprintDependsOnTheMaterialAloneAndSurvivesDestruction() {
    MediaKey key = MediaKey.copyOf(new byte[16]);
    String fingerprint = key.fingerprint();
    assertThat(fingerprint).matches("[0-9a-f]{12}");
    assertThat(MediaKey.copyOf(new byte[16]).fingerprint()).isEqualTo(fingerprint);
    assertThat(MediaKey.copyOf(new byte[17]).fingerprint()).isNotEqualTo(fingerprint);
    key.close();
    assertThat(key.fingerprint()).isEqualTo(fingerprint);
  }

  @Test
  void destroyedKeyGivesNothingAway() {
    MediaKey key = MediaKey.generate(new SplittableRandom(1));
    MediaKey same = MediaKey.copyOf(key.copyMaterial());
    assertThat(key.sameMaterial(same)).isTrue();
    key.close();
    assertThat(key.isDestroyed()).isTrue();
    assertThat(key.sameMaterial(same)).isFalse();
    assertThat(same.sameMaterial(key)).isFalse();
    assertThatThrownBy(key::copyMaterial).isInstanceOf(IllegalStateException.class);
    assertThat(same.isDestroyed()).isFalse();
  }

  @Test
  void comparesMaterial() {
    assertThat(MediaKey.copyOf(new byte[16]).sameMaterial(MediaKey.copyOf(new byte[16]))).isTrue();
    assertThat(MediaKey.copyOf(new byte[16]).sameMaterial(MediaKey.copyOf(new byte[32]))).isFalse();
  }

  @Test
  void secretsDoNotShowInToString() {
    byte[] material = LiveKitVectors.hex("a1b2c3d4e5f60718293a4b5c6d7e8f90");
    String hex = LiveKitVectors.hex(material);
    MediaKey key = MediaKey.copyOf(material);
    KeyMaterial keyMaterial = KeyMaterial.of(key);
    FrameKey frameKey = keyMaterial.frameKey(new byte[0], 128);
    assertThat(key.toString()).doesNotContain(hex.substring(0, 8)).contains("16 bytes");
    assertThat(keyMaterial.toString()).isEqualTo("KeyMaterial[HKDF, 16 bytes]");
    assertThat(frameKey.toString()).isEqualTo("FrameKey[128 bits]");
    try (KeyRing ring = new MediaWorld(1).ring(KeyIndex.ZERO, key)) {
      assertThat(ring.toString()).isEqualTo("KeyRing[current 0, WALK]");
    }
  }

  @Test
  void wipedFrameKeyIsRefusedByTheCipher() {
    FrameKey key = KeyMaterial.of(MediaKey.copyOf(new byte[16])).frameKey(new byte[0], 128);
    byte[] out = new byte[16];
    assertThat(new FrameCipher().seal(key, new byte[12], 0, out, 0, 0, out, 0)).isTrue();
    key.destroy();
    assertThat(key.getEncoded()).isNull();
    byte[] none = new byte[16];
    assertThat(new FrameCipher().seal(key, new byte[12], 0, none, 0, 0, none, 0)).isFalse();
    assertThat(none).containsOnly(0);
  }

  @Test
  void keyIndexIsOneByteAndWraps() {
    assertThat(new KeyIndex(255).next()).isEqualTo(KeyIndex.ZERO);
    assertThat(KeyIndex.ZERO.next()).isEqualTo(new KeyIndex(1)).hasToString("1");
    assertThat(new KeyIndex(3)).isLessThan(new KeyIndex(4));
    assertThatThrownBy(() -> new KeyIndex(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new KeyIndex(256)).isInstanceOf(IllegalArgumentException.class);
  }
}

package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Whatever is destroyed holds only zeros, and so do the keys that were derived from it. */
class WipingTest {
  private static final byte[] SALT = "salt".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final MediaWorld world = new MediaWorld(1);

  /** The array itself, as a heap dump would show it. */
  private static byte[] held(Object owner, String field) throws Exception {
    Field declared = owner.getClass().getDeclaredField(field);
    declared.setAccessible(true);
    return (byte[]) Objects.requireNonNull(declared.get(owner));
  }

  private static byte[] held(MediaKey key) throws Exception {
    return held(key, "material");
  }

  private static List<byte[]> held(Generation generation) throws Exception {
    return List.of(held(generation.material(), "bytes"), held(generation.frameKey(), "bytes"));
  }

  private static void assertSecret(byte[] bytes) {
    assertThat(bytes).isNotEqualTo(new byte[bytes.length]);
  }

  @Test
  void keysAndMaterial() throws Exception {
    MediaKey key = world.key();
    KeyMaterial material = KeyMaterial.of(key);
    KeyMaterial closed = KeyMaterial.of(key);
    FrameKey frameKey = material.frameKey(SALT, 128);
    List<byte[]> secrets =
        List.of(held(key), held(material, "bytes"), held(closed, "bytes"), held(frameKey, "bytes"));
    secrets.forEach(WipingTest::assertSecret);
    assertThat(material.isDestroyed()).isFalse();
    key.destroy();
    material.destroy();
    closed.close();
    frameKey.destroy();
    assertThat(secrets).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
    assertThat(material.isDestroyed()).isTrue();
    assertThat(closed.isDestroyed()).isTrue();
    assertThatThrownBy(material::copyBytes).isInstanceOf(IllegalStateException.class);
    assertThat(material.sameMaterial(closed)).isFalse();
  }

  @Test
  void everyGenerationOfASlot() throws Exception {
    KeyMaterial base = KeyMaterial.of(world.key());
    KeySlot slot = new KeySlot(0, 1, base, new FrameNumbers(world.random), SALT, 128);
    List<byte[]> secrets = new ArrayList<>(held(slot.installed()));
    assertThat(slot.install(1, 0)).isTrue();
    assertThat(slot.install(1, 0)).as("what is installed is not ahead").isFalse();
    secrets.addAll(held(slot.installed()));
    for (int ahead = 2; ahead <= 4; ahead++) {
      secrets.addAll(held(Objects.requireNonNull(slot.ahead(ahead))));
    }
    assertThat(slot.ahead(0)).as("behind").isNull();
    secrets.forEach(WipingTest::assertSecret);
    slot.destroy();
    assertThat(secrets).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
    assertThat(slot.ahead(5)).as("of a destroyed slot").isNull();
  }

  @Test
  void generationsThatWerePassed() throws Exception {
    KeyMaterial base = KeyMaterial.of(world.key());
    KeySlot slot = new KeySlot(0, 1, base, new FrameNumbers(world.random), SALT, 128);
    List<byte[]> first = held(slot.installed());
    List<byte[]> skipped = held(Objects.requireNonNull(slot.ahead(1)));
    slot.install(2, 0);
    assertThat(skipped).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
    first.forEach(WipingTest::assertSecret);
    List<byte[]> second = held(slot.installed());
    slot.install(3, 0);
    assertThat(first).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
    assertThat(slot.previous(KeySlot.OVERLAP_MILLIS - 1)).isNotNull();
    second.forEach(WipingTest::assertSecret);
    assertThat(slot.previous(KeySlot.OVERLAP_MILLIS)).isNull();
    assertThat(second).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
  }

  @Test
  void aRefusedDataPacketLeavesNoPlaintext() throws Exception {
    MediaKey key = world.key();
    KeyRing sender = world.ring(KeyIndex.ZERO, key);
    assertThat(Objects.requireNonNull(sender.slot(0)).firstUsedMillis()).isEqualTo(KeySlot.NEVER);
    world.sleepMillis(5);
    EncryptedPacket packet = new DataPacketCipher(sender).encrypt(new byte[] {1, 2, 3});
    assertThat(Objects.requireNonNull(sender.slot(0)).firstUsedMillis()).isEqualTo(5);
    world.sleepMillis(5);
    new DataPacketCipher(sender).encrypt(new byte[] {1, 2, 3});
    assertThat(Objects.requireNonNull(sender.slot(0)).firstUsedMillis())
        .as("the first use stays")
        .isEqualTo(5);
    assertThat(new DataPacketCipher(world.ring(KeyIndex.ZERO, key)).decrypt(packet))
        .isEqualTo(new byte[] {1, 2, 3});
    assertThatThrownBy(
            () -> new DataPacketCipher(world.ring(KeyIndex.ZERO, world.key())).decrypt(packet))
        .isInstanceOf(DataPacketException.class);
  }

  @Test
  void materialOfAnyLengthIsAMediaKeyOnlyWithin16To64Bytes() {
    for (int length : new int[] {15, 65}) {
      KeyMaterial material = KeyMaterial.copyOf(KeyDerivation.HKDF, new byte[length]);
      assertThatThrownBy(material::toMediaKey)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(length + " bytes");
    }
    for (int length : new int[] {16, 64}) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) 3);
      assertThat(KeyMaterial.copyOf(KeyDerivation.HKDF, bytes).toMediaKey().copyMaterial())
          .isEqualTo(bytes);
    }
  }
}

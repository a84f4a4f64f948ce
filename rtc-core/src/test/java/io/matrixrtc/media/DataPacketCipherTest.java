package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.media.DataPacketException.Reason;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataPacketCipherTest {
  private final MediaWorld world = new MediaWorld(1);
  private final MediaKey key = world.key();
  private final KeyRing sender = world.ring(MediaWorld.ONE, key);
  private final KeyRing receiver = world.ring(MediaWorld.ONE, key);
  private final DataPacketCipher encrypts = new DataPacketCipher(sender);
  private final DataPacketCipher decrypts = new DataPacketCipher(receiver);

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DataPacketException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1024, 262_144 - 16})
  void payloadsComeBack(int length) throws DataPacketException {
    byte[] payload = new byte[length];
    world.random.nextBytes(payload);
    EncryptedPacket packet = encrypts.encrypt(payload);
    assertThat(packet.value()).hasSize(length + 16);
    assertThat(packet.keyIndex()).isEqualTo(MediaWorld.ONE);
    assertThat(decrypts.decrypt(EncryptedPacket.parse(packet.toByteArray()))).isEqualTo(payload);
    assertThat(encrypts.encrypt(payload).iv()).isNotEqualTo(packet.iv());
  }

  @Test
  void encryptionTypeIsIgnored() throws DataPacketException {
    EncryptedPacket packet = encrypts.encrypt(new byte[5]);
    for (int type : new int[] {EncryptedPacket.TYPE_NONE, EncryptedPacket.TYPE_GCM, 2}) {
      EncryptedPacket other = EncryptedPacket.of(type, packet.iv(), 1, packet.value());
      assertThat(decrypts.decrypt(EncryptedPacket.parse(other.toByteArray()))).hasSize(5);
    }
  }

  @Test
  void dataFollowsTheRatchetAsFramesDo_ours() throws DataPacketException {
    sender.advance(MediaWorld.ONE, 1);
    assertThat(decrypts.decrypt(encrypts.encrypt(new byte[3]))).hasSize(3);
    assertThat(receiver.generation(MediaWorld.ONE)).hasValue(1);
    sender.advance(MediaWorld.ONE, 2);
    sender.advance(MediaWorld.ONE, 1);
    assertThat(decrypts.decrypt(encrypts.encrypt(new byte[3]))).hasSize(3);
    assertThat(receiver.generation(MediaWorld.ONE)).hasValue(4);

    KeyRing js = world.ring(KeyRingSettings.likeLiveKitClient());
    js.put(MediaWorld.ONE, key);
    EncryptedPacket ahead = encrypts.encrypt(new byte[3]);
    assertReason(Reason.NOT_AUTHENTIC, () -> new DataPacketCipher(js).decrypt(ahead));
  }

  @Test
  void failuresSayWhatCanBeDone() throws DataPacketException {
    EncryptedPacket packet = encrypts.encrypt(new byte[9]);
    assertReason(Reason.NO_KEY, () -> new DataPacketCipher(world.ring()).encrypt(new byte[1]));
    assertReason(Reason.NO_KEY, () -> new DataPacketCipher(world.ring()).decrypt(packet));
    assertReason(Reason.MALFORMED, () -> encrypts.encrypt(new byte[262_144 - 15]));
    KeyRing other = world.ring(MediaWorld.ONE, world.key());
    assertReason(Reason.NOT_AUTHENTIC, () -> new DataPacketCipher(other).decrypt(packet));
    receiver.suspend();
    assertReason(Reason.HELD, () -> decrypts.decrypt(packet));
    receiver.resume();
    assertThat(decrypts.decrypt(packet)).hasSize(9);
    sender.setGate(() -> false);
    assertReason(Reason.HELD, () -> encrypts.encrypt(new byte[1]));
    sender.setGate(SendGate.OPEN);
    FrameNumbers spent = new FrameNumbers(world.random, 1, FrameNumbers.LIMIT);
    DataPacketCipher exhausted = new DataPacketCipher(sender, (slot, iv) -> spent.next(iv));
    assertReason(Reason.KEY_EXHAUSTED, () -> exhausted.encrypt(new byte[1]));
  }

  @Test
  void boundsOfAPacketAreChecked() throws DataPacketException {
    byte[] iv = new byte[12];
    assertThat(EncryptedPacket.of(1, iv, 255, new byte[16]).keyIndex().value()).isEqualTo(255);
    assertThat(EncryptedPacket.of(1, iv, 0, new byte[262_144]).value()).hasSize(262_144);
    assertReason(Reason.MALFORMED, () -> EncryptedPacket.of(1, iv, 256, new byte[16]));
    assertReason(Reason.MALFORMED, () -> EncryptedPacket.of(1, iv, -1, new byte[16]));
    assertReason(Reason.MALFORMED, () -> EncryptedPacket.of(1, iv, 0, new byte[15]));
    assertReason(Reason.MALFORMED, () -> EncryptedPacket.of(1, iv, 0, new byte[262_145]));
    assertReason(Reason.MALFORMED, () -> EncryptedPacket.of(1, new byte[11], 0, new byte[16]));
    assertReason(Reason.MALFORMED, () -> EncryptedPacket.of(1, new byte[16], 0, new byte[16]));
  }

  @Test
  void anyBytesAreReadOrRefused() throws DataPacketException {
    byte[] good = encrypts.encrypt(new byte[30]).toDataPacketField();
    int[] outcomes = new int[2];
    Cases.run(
        "anyDataPacketIsReadOrRefused",
        2_000,
        100_000,
        (seed, random) -> {
          byte[] bytes = random.nextBoolean() ? Cases.bytes(random, 60) : good.clone();
          for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
          try {
            EncryptedPacket.inDataPacket(bytes);
            EncryptedPacket.participantIdentity(bytes);
            outcomes[0]++;
          } catch (DataPacketException e) {
            assertThat(e.reason()).isEqualTo(Reason.MALFORMED);
            outcomes[1]++;
          }
        });
    assertThat(outcomes[0]).as("read").isPositive();
    assertThat(outcomes[1]).as("refused").isPositive();
    assertThat(EncryptedPacket.inDataPacket(new byte[0])).isEmpty();
    assertThat(EncryptedPacket.inDataPacket(good)).isPresent();
  }
}

package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** KEY-IV and the frame limit of KEY-AGE. */
class FrameNumbersTest {

  @Test
  void keyIv_neverRepeatsAcrossTracksEncryptorsGenerationsAndDataPackets() throws Exception {
    MediaWorld world = new MediaWorld(1);
    Set<String> ivs = new HashSet<>();
    int sent = 0;
    try (MediaKey key = world.key();
        KeyRing ring = world.ring(MediaWorld.ZERO, key);
        KeyRing second = world.ring(MediaWorld.ONE, key)) {
      for (int round = 0; round < 50; round++) {
        // Encryptors made anew each time, as on a re-published track; no SSRC, no timestamp.
        for (Codec codec : List.of(Codec.AUDIO, Codec.VP8, Codec.VP9, Codec.H264)) {
          ivs.add(iv(MediaWorld.encrypt(ring, codec, world.frame(codec, 20))));
          ivs.add(iv(MediaWorld.encrypt(second, codec, world.frame(codec, 20))));
          sent += 2;
        }
        ivs.add(LiveKitVectors.hex(new DataPacketCipher(ring).encrypt(new byte[3]).iv()));
        sent++;
        ring.put(MediaWorld.ZERO, key);
        if (round % 10 == 9) {
          ring.advance(MediaWorld.ZERO, 2);
        }
      }
      assertThat(ring.framesUsed(MediaWorld.ZERO)).isBetween((long) sent, sent + 2048L);
    }
    assertThat(ivs).hasSize(sent);
  }

  @Test
  void keyIv_equalMaterialAtTwoIndexesSharesItsNumbers() {
    MediaWorld world = new MediaWorld(2);
    try (KeyRing ring = world.ring();
        KeyMaterial password = KeyMaterial.copyOf(KeyDerivation.HKDF, new byte[5])) {
      ring.put(MediaWorld.ZERO, password);
      ring.put(MediaWorld.ONE, password);
      ring.use(MediaWorld.ZERO);
      byte[] first = MediaWorld.encrypt(ring, Codec.AUDIO, new byte[9]);
      ring.use(MediaWorld.ONE);
      byte[] second = MediaWorld.encrypt(ring, Codec.AUDIO, new byte[9]);
      assertThat(iv(first).substring(0, 16)).isEqualTo(iv(second).substring(0, 16));
      assertThat(iv(first)).isNotEqualTo(iv(second));
    }
  }

  @Test
  void keyIv_copiesOfAKeyInOtherProcessesDifferInTheirPrefix() {
    byte[] material = new byte[16];
    Set<String> prefixes = new HashSet<>();
    for (int process = 0; process < 200; process++) {
      MediaWorld world = new MediaWorld(process);
      try (KeyRing ring = world.ring(MediaWorld.ZERO, MediaKey.copyOf(material))) {
        prefixes.add(iv(MediaWorld.encrypt(ring, Codec.AUDIO, new byte[9])).substring(0, 16));
      }
    }
    assertThat(prefixes).hasSize(200);
  }

  @Test
  void keyIv_neverRepeatsAcrossThreads() throws Exception {
    FrameNumbers numbers = new FrameNumbers(new SplittableRandom(3));
    int threads = 4;
    int each = Cases.full() ? 400_000 : 40_000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<int[]>> draws = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        draws.add(() -> draw(numbers, each));
      }
      int[] all = new int[threads * each];
      int at = 0;
      for (Future<int[]> drawn : pool.invokeAll(draws)) {
        System.arraycopy(drawn.get(), 0, all, at, each);
        at += each;
      }
      assertThat(Arrays.stream(all).distinct().count()).isEqualTo(all.length);
    } finally {
      pool.shutdownNow();
    }
  }

  private static int[] draw(FrameNumbers numbers, int count) {
    int[] drawn = new int[count];
    byte[] iv = new byte[12];
    for (int i = 0; i < count; i++) {
      assertThat(numbers.next(iv)).isTrue();
      drawn[i] = number(iv);
    }
    return drawn;
  }

  @Test
  void keyIv_numberWrapsAround32BitsWithoutRepeating() {
    FrameNumbers numbers = new FrameNumbers(new SplittableRandom(4), -3, 0);
    int[] drawn = draw(numbers, 5);
    // 0 to 0x3FF would need escapes and are skipped.
    assertThat(drawn).containsExactly(-3, -2, -1, 0x400, 0x401);
  }

  @Test
  void keyAge_keyEncrypts2To31FramesAndNotOneMore() {
    FrameNumbers numbers =
        new FrameNumbers(new SplittableRandom(5), 0x11111, FrameNumbers.LIMIT - 2);
    byte[] iv = new byte[12];
    assertThat(numbers.next(iv)).isTrue();
    assertThat(numbers.next(iv)).isTrue();
    byte[] last = iv.clone();
    for (int i = 0; i < 10; i++) {
      assertThat(numbers.next(iv)).isFalse();
    }
    assertThat(iv).isEqualTo(last);
    assertThat(numbers.drawn()).isEqualTo(1L << 31);
  }

  @Test
  void keyIv_neverNeedsAnEscape() {
    Cases.run(
        "keyIv_neverNeedsAnEscape",
        200,
        5_000,
        (seed, random) -> {
          int start = interesting(random);
          FrameNumbers numbers = new FrameNumbers(random, start, 0);
          byte[] tail = new byte[2 + 12 + 2];
          byte[] iv = new byte[12];
          for (int i = 0; i < 300; i++) {
            assertThat(numbers.next(iv)).isTrue();
            System.arraycopy(iv, 0, tail, 2, 12);
            tail[14] = 12;
            tail[15] = (byte) random.nextInt(4);
            // The two zeros stand for the end of the tag: an escape may go nowhere behind them.
            assertThat(NaluVectorsTest.escape(tail)).isEqualTo(tail);
          }
        });
  }

  /** Numbers around those with zero bytes. */
  private static int interesting(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(0x1000) - 0x800;
      case 1 -> (random.nextInt(256) << 24) - random.nextInt(400);
      case 2 -> (random.nextInt(256) << 16) - random.nextInt(400);
      default -> random.nextInt();
    };
  }

  private static int number(byte[] iv) {
    return (iv[8] & 0xFF) << 24 | (iv[9] & 0xFF) << 16 | (iv[10] & 0xFF) << 8 | (iv[11] & 0xFF);
  }

  private static String iv(byte[] encrypted) {
    int end = encrypted.length - 2;
    return LiveKitVectors.hex(Arrays.copyOfRange(encrypted, end - 12, end));
  }
}

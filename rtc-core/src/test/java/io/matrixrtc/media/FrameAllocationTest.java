package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FRAME-ALLOC: a frame allocates what the JCE allocates for it, and at most 16 bytes more. */
@Tag("optimised") // the optimising compiler removes what the floor does not allocate
class FrameAllocationTest {
  private static final int RUNS = 16;

  /** On a busy machine the JIT is late: so many runs are waited for that the limit is met. */
  private static final int MOST_RUNS = 20 * RUNS;

  private static final int ROUNDS = 6_000;
  private static final long TOLERANCE = 16;

  private interface Work {
    void run() throws GeneralSecurityException;
  }

  private final MediaWorld world = new MediaWorld(1);
  private final KeyRing ring = world.ring(KeyIndex.ZERO, world.key());

  @ParameterizedTest
  @CsvSource({"AUDIO,100", "AUDIO,1200", "VP8,1200", "VP8,20000", "H264,1200", "H264,20000"})
  void encryptAndDecryptAllocateNoMoreThanTheJceItself(Codec codec, int length) throws Exception {
    byte[] frame = world.frame(codec, length);
    FrameEncryptor encryptor = new FrameEncryptor(ring);
    FrameDecryptor decryptor = new FrameDecryptor(ring);
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, frame.length)];
    byte[] wire = LiveKitVectors.encrypt(encryptor, codec, FrameType.KEY, frame);
    int clear = new ClearHeader().measure(codec, FrameType.KEY, frame, 0, frame.length);

    Floor floor = new Floor(frame, clear, out);
    long[] bytes =
        bytesPerRound(
            () -> assertOk(encryptor.encrypt(codec, FrameType.KEY, frame, 0, frame.length, out, 0)),
            () -> assertOk(decryptor.decrypt(codec, FrameType.KEY, wire, 0, wire.length, out, 0)),
            floor::encrypt,
            floor::decrypt);
    long encrypt = bytes[0];
    long decrypt = bytes[1];
    long floorEncrypt = bytes[2];
    long floorDecrypt = bytes[3];

    System.out.printf(
        "FRAME-ALLOC %s %d: encrypt %d (floor %d), decrypt %d (floor %d) bytes a frame%n",
        codec, length, encrypt, floorEncrypt, decrypt, floorDecrypt);
    assertThat(floorEncrypt).as("the JCE allocates something").isPositive();
    assertThat(encrypt).isLessThanOrEqualTo(floorEncrypt + TOLERANCE);
    assertThat(decrypt).isLessThanOrEqualTo(floorDecrypt + TOLERANCE);
  }

  private static void assertOk(FrameStatus status) {
    if (status != FrameStatus.OK) {
      throw new AssertionError(status);
    }
  }

  /**
   * The least of several runs of each, in turn: what the JIT saves it saves sooner or later for
   * all, and it allocates on its own account while it warms up. First our two, then their floors.
   */
  private static long[] bytesPerRound(Work... works)
      throws ReflectiveOperationException, GeneralSecurityException {
    long[] least = new long[works.length];
    Arrays.fill(least, Long.MAX_VALUE);
    for (int run = 0; run < RUNS || run < MOST_RUNS && !isWithinLimit(least); run++) {
      for (int w = 0; w < works.length; w++) {
        long before = allocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
          works[w].run();
        }
        least[w] = Math.min(least[w], (allocatedBytes() - before) / ROUNDS);
      }
    }
    return least;
  }

  private static boolean isWithinLimit(long[] least) {
    return least[0] <= least[2] + TOLERANCE && least[1] <= least[3] + TOLERANCE;
  }

  /** What this thread has allocated. By reflection: the module does not read jdk.management. */
  private static long allocatedBytes() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method allocated =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    return (long) allocated.invoke(threads, Thread.currentThread().getId());
  }

  /** One cipher, fresh parameters for each frame, associated data, output into a given array. */
  private final class Floor {
    private final Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    private final SecretKeySpec key;
    private final byte[] iv = new byte[12];
    private final byte[] frame;
    private final int clear;
    private final byte[] out;
    private final byte[] sealed;
    private final byte[] sealedIv;
    private int counter;

    Floor(byte[] frame, int clear, byte[] out) throws GeneralSecurityException {
      KeyRing.SendingKey sending = Objects.requireNonNull(ring.sending());
      byte[] raw = Objects.requireNonNull(sending.generation().frameKey().getEncoded());
      this.key = new SecretKeySpec(raw, "AES");
      this.frame = frame;
      this.clear = clear;
      this.out = out;
      encrypt();
      this.sealed = Arrays.copyOfRange(out, clear, frame.length + 16);
      this.sealedIv = iv.clone();
    }

    void encrypt() throws GeneralSecurityException {
      counter++;
      iv[0] = (byte) counter;
      iv[1] = (byte) (counter >> 8);
      iv[2] = (byte) (counter >> 16);
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, iv));
      cipher.updateAAD(frame, 0, clear);
      cipher.doFinal(frame, clear, frame.length - clear, out, clear);
    }

    void decrypt() throws GeneralSecurityException {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, sealedIv));
      cipher.updateAAD(frame, 0, clear);
      cipher.doFinal(sealed, 0, sealed.length, out, clear);
    }
  }
}

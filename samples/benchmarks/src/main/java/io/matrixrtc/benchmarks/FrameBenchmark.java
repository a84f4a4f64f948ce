package io.matrixrtc.benchmarks;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Frame encryption and decryption against what the JCE alone needs for the same bytes. Iterations
 * alternate: even ones measure the floor, odd ones ours, in the same JVM on the same data.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class FrameBenchmark {
  /** {@code opus}, {@code vp8} (delta frames) or {@code h264} (one slice). */
  @Param({"opus", "vp8"})
  public String codec;

  /** Length of the encoded frame. */
  @Param({"100", "1200", "20000"})
  public int bytes;

  private Codec codecValue;
  private byte[] frame;
  private byte[] encrypted;
  private byte[] out;
  private FrameEncryptor encryptor;
  private FrameDecryptor decryptor;
  private FloorCipher floor;
  private boolean ours;

  /** Prepares frames and keys of both sides. */
  @Setup(Level.Trial)
  public void prepare() throws GeneralSecurityException {
    SplittableRandom random = new SplittableRandom(bytes);
    codecValue = codec.equals("opus") ? Codec.AUDIO : Codec.ofMimeType("video/" + codec);
    frame = new byte[bytes];
    random.nextBytes(frame);
    int clearBytes = codecValue == Codec.AUDIO ? 1 : 3;
    if (codecValue == Codec.H264) {
      // Start code, then the header of a P slice.
      System.arraycopy(new byte[] {0, 0, 0, 1, 0x41, (byte) 0x9A}, 0, frame, 0, 6);
      clearBytes = 6;
    }
    out = new byte[FrameEncryptor.maxOutputBytes(codecValue, bytes)];
    byte[] material = new byte[16];
    random.nextBytes(material);
    KeyRing ring = new KeyRing(KeyRingSettings.defaults(), random, InstantSource.system());
    try (MediaKey key = MediaKey.copyOf(material)) {
      ring.put(KeyIndex.ZERO, key);
    }
    ring.use(KeyIndex.ZERO);
    encryptor = new FrameEncryptor(ring);
    decryptor = new FrameDecryptor(ring);
    do {
      encryptOurs();
      encrypted = Arrays.copyOf(out, encryptor.outputLength());
      // An escape is rare in ciphertext; where there are any, let the decryptor meet one.
    } while (codecValue == Codec.H264 && encrypted.length == bytes + FrameEncryptor.OVERHEAD_BYTES);
    floor = new FloorCipher(material, clearBytes, frame);
    ours = true;
  }

  /** Turns from floor to ours and back; the first iteration is the floor's. */
  @Setup(Level.Iteration)
  public void alternate() {
    ours = !ours;
  }

  @Benchmark
  public int encrypt() throws GeneralSecurityException {
    return ours ? encryptOurs() : floor.encrypt(frame, out);
  }

  @Benchmark
  public int decrypt() throws GeneralSecurityException {
    return ours ? decryptOurs() : floor.decrypt(out);
  }

  private int encryptOurs() {
    FrameStatus status = encryptor.encrypt(codecValue, FrameType.DELTA, frame, 0, bytes, out, 0);
    if (status != FrameStatus.OK) {
      throw new IllegalStateException("encrypt: " + status);
    }
    return encryptor.outputLength();
  }

  private int decryptOurs() {
    FrameStatus status =
        decryptor.decrypt(codecValue, FrameType.DELTA, encrypted, 0, encrypted.length, out, 0);
    if (status != FrameStatus.OK) {
      throw new IllegalStateException("decrypt: " + status);
    }
    return decryptor.outputLength();
  }
}

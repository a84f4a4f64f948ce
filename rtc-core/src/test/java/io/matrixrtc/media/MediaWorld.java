package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A clock that tests move, rings on it, and frames of every codec. */
final class MediaWorld implements InstantSource {
  static final KeyIndex ZERO = KeyIndex.ZERO;
  static final KeyIndex ONE = new KeyIndex(1);

  final SplittableRandom random;
  private Instant now = Instant.EPOCH;

  MediaWorld(long seed) {
    this(new SplittableRandom(seed));
  }

  MediaWorld(SplittableRandom random) {
    this.random = random;
  }

  @Override
  public Instant instant() {
    return now;
  }

  void sleepMillis(long millis) {
    now = now.plusMillis(millis);
  }

  KeyRing ring() {
    return ring(KeyRingSettings.defaults());
  }

  KeyRing ring(KeyRingSettings settings) {
    return new KeyRing(settings, random, this);
  }

  /** A ring that encrypts and decrypts with {@code key}. */
  KeyRing ring(KeyIndex index, MediaKey key) {
    KeyRing ring = ring();
    ring.put(index, key);
    ring.use(index);
    return ring;
  }

  MediaKey key() {
    return MediaKey.generate(random);
  }

  /** A frame as an encoder of the codec could emit it, with at least {@code bodyBytes} of body. */
  byte[] frame(Codec codec, int bodyBytes) {
    byte[] body = new byte[bodyBytes];
    random.nextBytes(body);
    byte[] head =
        switch (codec) {
          case H264 -> LiveKitVectors.hex("000000010910000001658884");
          case H265 -> LiveKitVectors.hex("0000000126018840");
          case UNKNOWN -> LiveKitVectors.hex("90");
          case AUDIO, VP8, VP9, AV1 -> new byte[0];
        };
    if (codec == Codec.VP8) {
      body = Arrays.copyOf(body, Math.max(10, bodyBytes));
    }
    byte[] frame = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, frame, head.length, body.length);
    return frame;
  }

  /** What a receiver gets of {@code frame}: start codes of H.264 and H.265 widened. */
  static byte[] asReceived(Codec codec, byte[] frame) {
    ClearHeader header = new ClearHeader();
    int clear = header.measure(codec, FrameType.KEY, frame, 0, frame.length);
    if (!header.isEscaped()) {
      return frame;
    }
    byte[] out = new byte[frame.length + StartCodes.countShort(frame, 0, clear)];
    int at = StartCodes.copyNormalized(frame, 0, clear, out, 0);
    System.arraycopy(frame, clear, out, at, frame.length - clear);
    return out;
  }

  static byte[] encrypt(KeyRing ring, Codec codec, byte[] frame) {
    return LiveKitVectors.encrypt(new FrameEncryptor(ring), codec, FrameType.KEY, frame);
  }

  static byte[] decrypt(KeyRing ring, Codec codec, byte[] frame) {
    return LiveKitVectors.decrypt(new FrameDecryptor(ring), codec, FrameType.KEY, frame);
  }

  static FrameStatus receive(KeyRing ring, byte[] audioFrame) {
    return receive(new FrameDecryptor(ring), Codec.AUDIO, audioFrame);
  }

  /** Receives any bytes; what is no output leaves the output array untouched by plaintext. */
  static FrameStatus receive(FrameDecryptor decryptor, Codec codec, byte[] frame) {
    byte[] out = new byte[frame.length];
    FrameStatus status = decryptor.decrypt(codec, FrameType.KEY, frame, 0, frame.length, out, 0);
    if (!status.hasOutput()) {
      assertThat(decryptor.outputLength()).isZero();
      assertThat(decryptor.keyIndex()).isEqualTo(-1);
      assertThat(out).as("output of a refused frame").containsOnly(0);
    }
    return status;
  }

  static FrameStatus send(FrameEncryptor encryptor, Codec codec, byte[] frame) {
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, frame.length)];
    return encryptor.encrypt(codec, FrameType.KEY, frame, 0, frame.length, out, 0);
  }
}

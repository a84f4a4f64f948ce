package io.matrixrtc.media;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Received frames and data packets. The first byte chooses codec, type and what it is. */
public final class FrameTarget implements FuzzTarget {
  private static final Codec[] CODECS = Codec.values();
  private static final FrameType[] TYPES = FrameType.values();
  private static final int DATA = 0x80;
  private static final byte[] TRAILER = {9, 8, 7, 6, 5, 4};

  private final MediaWorld world = new MediaWorld(1);
  private final MediaKey key = world.key();
  private final KeyRing ring;
  private final FrameDecryptor decryptor;
  private final DataPacketCipher packets;
  private byte[] out = new byte[maxBytes() + 64];

  public FrameTarget() {
    // No walk and no count of failures: both would make an input depend on earlier ones.
    ring = world.ring(KeyRingSettings.defaults().withRatchetWindow(0).withFailureTolerance(-1));
    ring.put(KeyIndex.ZERO, key);
    ring.use(KeyIndex.ZERO);
    decryptor = new FrameDecryptor(ring);
    decryptor.setServerInjected(ServerInjectedFrames.withTrailer(TRAILER));
    packets = new DataPacketCipher(ring);
  }

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    if ((input[0] & DATA) != 0) {
      packet(Arrays.copyOfRange(input, 1, input.length));
      return;
    }
    Codec codec = CODECS[(input[0] & 0x0F) % CODECS.length];
    FrameType type = TYPES[(input[0] >> 4 & 3) % TYPES.length];
    byte[] before = input.clone();
    int len = input.length - 1;
    FrameStatus status = decryptor.decrypt(codec, type, input, 1, len, out, 0);
    if (!Arrays.equals(before, input)) {
      throw new AssertionError("the input was changed");
    }
    if (decryptor.outputLength() < 0 || decryptor.outputLength() > len) {
      throw new AssertionError("output of " + decryptor.outputLength());
    }
    if (!status.hasOutput() && (decryptor.outputLength() != 0 || decryptor.keyIndex() != -1)) {
      throw new AssertionError("output of a refused frame");
    }
    int written = status.hasOutput() ? decryptor.outputLength() : 0;
    for (int i = written; i < out.length; i++) {
      if (out[i] != 0 && !status.hasOutput()) {
        throw new AssertionError("plaintext of a refused frame");
      }
    }
    Arrays.fill(out, (byte) 0);
  }

  private void packet(byte[] message) {
    try {
      packets.decrypt(EncryptedPacket.parse(message));
    } catch (DataPacketException e) {
      return;
    }
  }

  @Override
  public List<byte[]> seeds() throws Exception {
    MediaWorld sender = new MediaWorld(new SplittableRandom(2));
    KeyRing sending = sender.ring(KeyIndex.ZERO, key);
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < CODECS.length; i++) {
      Codec codec = CODECS[i];
      if (codec != Codec.AV1) {
        byte[] frame = MediaWorld.encrypt(sending, codec, sender.frame(codec, 40));
        seeds.add(input(i, frame));
      }
    }
    seeds.add(input(0, TRAILER));
    seeds.add(
        input(DATA, new DataPacketCipher(sending).encrypt(new byte[] {1, 2, 3}).toByteArray()));
    return seeds;
  }

  private static byte[] input(int first, byte[] rest) {
    byte[] input = new byte[rest.length + 1];
    input[0] = (byte) first;
    System.arraycopy(rest, 0, input, 1, rest.length);
    return input;
  }
}

package io.matrixrtc.olm;

import io.matrixrtc.cases.Cases;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages valid bytes as networks and attackers do. */
final class Mutations {
  private Mutations() {}

  /** Random bytes, or {@code valid} cut, extended, overwritten, repeated or with bits changed. */
  static byte[] of(byte[] valid, SplittableRandom random) {
    int at = valid.length == 0 ? 0 : random.nextInt(valid.length);
    return switch (random.nextInt(8)) {
      case 0 -> Cases.bytes(random, 300);
      case 1 -> Arrays.copyOf(valid, at);
      case 2 -> Arrays.copyOf(valid, valid.length + 1 + random.nextInt(20));
      case 3 -> splice(valid, at, Cases.bytes(random, 12));
      case 4 -> splice(valid, at, Arrays.copyOfRange(valid, at / 2, at));
      case 5 -> withBits(valid, 1 + random.nextInt(20), random);
      case 6 -> hugeLength(valid, at, random);
      default -> withBits(valid, 1, random);
    };
  }

  private static byte[] withBits(byte[] valid, int count, SplittableRandom random) {
    byte[] altered = valid.clone();
    for (int i = 0; i < count && altered.length > 0; i++) {
      int bit = random.nextInt(8 * altered.length);
      altered[bit / 8] ^= (byte) (1 << bit % 8);
    }
    return altered;
  }

  private static byte[] splice(byte[] valid, int at, byte[] inserted) {
    byte[] longer = new byte[valid.length + inserted.length];
    System.arraycopy(valid, 0, longer, 0, at);
    System.arraycopy(inserted, 0, longer, at, inserted.length);
    System.arraycopy(valid, at, longer, at + inserted.length, valid.length - at);
    return longer;
  }

  /** A length or integer of up to 64 bits where one is least expected. */
  private static byte[] hugeLength(byte[] valid, int at, SplittableRandom random) {
    byte[] varint = new byte[2 + random.nextInt(10)];
    Arrays.fill(varint, (byte) 0xFF);
    varint[0] = random.nextBoolean() ? (byte) 0x22 : (byte) 0x10;
    varint[varint.length - 1] = (byte) random.nextInt(0x80);
    return splice(valid, at, varint);
  }
}

package io.matrixrtc.olm;

import io.matrixrtc.cipher.HmacSha256;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The ratchet of a group session: four parts of 32 bytes, of which the last changes with each
 * message and the others every 2^8, 2^16 and 2^24 messages. Goes forward only.
 *
 * <p>Source: Megolm, "The Megolm ratchet algorithm".
 */
final class MegolmRatchet {
  static final int BYTES = 128;
  static final long MAX_INDEX = 0xFFFF_FFFFL;

  private static final int PARTS = 4;
  private static final int PART_BYTES = 32;

  private final byte[] parts;
  private long index;

  /** Takes over {@code parts}. */
  MegolmRatchet(byte[] parts, long index) {
    if (parts.length != BYTES) {
      throw new IllegalArgumentException("megolm ratchet: want 128 bytes, got " + parts.length);
    }
    this.parts = parts;
    this.index = checkIndex(index);
  }

  static long checkIndex(long index) {
    if (index < 0 || index > MAX_INDEX) {
      throw new IllegalArgumentException("megolm index: want 0..2^32-1, got " + index);
    }
    return index;
  }

  MegolmRatchet copy() {
    return new MegolmRatchet(parts.clone(), index);
  }

  /** The index of the next message, 0 to 2^32 − 1. */
  long index() {
    return index;
  }

  /** The bytes themselves; callers only read them. */
  byte[] raw() {
    return parts;
  }

  /** Goes to {@code target}, which must not be behind, in at most 1020 hashes. */
  void advanceTo(long target) {
    if (checkIndex(target) < index) {
      throw new IllegalArgumentException("megolm ratchet cannot go back to " + target);
    }
    for (int part = 0; part < PARTS; part++) {
      int shift = 8 * (PARTS - 1 - part);
      int steps = (int) ((target >> shift) - (index >> shift)) & 0xFF;
      if (steps > 0) {
        for (int i = 1; i < steps; i++) {
          rehash(part, part);
        }
        for (int to = PARTS - 1; to >= part; to--) {
          rehash(part, to); // MEGOLM-RATCHET: part itself last, the others need its old value
        }
        index = target >> shift << shift;
      }
    }
  }

  /** Sets part {@code to} to the hash of part {@code from}, of the kind that {@code to} names. */
  private void rehash(int from, int to) {
    byte[] old = Arrays.copyOfRange(parts, from * PART_BYTES, (from + 1) * PART_BYTES);
    byte[] hash = HmacSha256.of(old, to);
    System.arraycopy(hash, 0, parts, to * PART_BYTES, PART_BYTES);
    Arrays.fill(old, (byte) 0);
    Arrays.fill(hash, (byte) 0);
  }

  /** Whether both are at one index with the same bytes; compares in constant time. */
  boolean sameAs(MegolmRatchet other) {
    return index == other.index && MessageDigest.isEqual(parts, other.parts);
  }

  MessageCipher cipher() {
    return MessageCipher.ofMegolm(parts);
  }

  void wipe() {
    Arrays.fill(parts, (byte) 0);
  }
}

package io.matrixrtc.olm;

import java.io.ByteArrayOutputStream;

/**
 * Writes a message's payload: fields of a tag and a value, integers as base-128 varints of minimal
 * length (WIRE-MIN).
 */
final class WireWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  WireWriter(int version) {
    out.write(version);
  }

  WireWriter bytes(int field, byte[] value) {
    varint((long) field << 3 | WireReader.TYPE_BYTES);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  WireWriter integer(int field, long unsigned) {
    varint((long) field << 3 | WireReader.TYPE_VARINT);
    varint(unsigned);
    return this;
  }

  WireWriter raw(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}

package io.matrixrtc.olm;

import java.util.Arrays;

/**
 * Reads a message's payload as a proto3 parser does: fields in any order, the last of a number
 * counts, unknown ones are skipped, missing ones are 0 or empty. Copies no more than the payload
 * holds.
 */
final class WireReader {
  static final int TYPE_VARINT = 0;
  static final int TYPE_FIXED64 = 1;
  static final int TYPE_BYTES = 2;
  static final int TYPE_FIXED32 = 5;

  private static final int MAX_VARINT_BYTES = 10;
  private static final long MAX_TAG = 0xFFFF_FFFFL;

  private final byte[] data;
  private final int end;
  private int at;
  private int type;

  /** Reads {@code data} from {@code from} up to, not including, {@code end}. */
  WireReader(byte[] data, int from, int end) {
    this.data = data;
    this.at = from;
    this.end = end;
  }

  /** Goes to the next field and returns its number; 0 at the end. */
  int nextField() throws WireFormatException {
    if (at == end) {
      return 0;
    }
    long tag = varint();
    int field = (int) (tag >>> 3);
    if (tag < 0 || tag > MAX_TAG || field == 0) {
      throw new WireFormatException();
    }
    type = (int) (tag & 7);
    return field;
  }

  /** The value of this field, which must be bytes. */
  byte[] bytes() throws WireFormatException {
    require(TYPE_BYTES);
    int length = length();
    byte[] value = Arrays.copyOfRange(data, at, at + length);
    at += length;
    return value;
  }

  /** The value of this field, which must be an integer, as unsigned 64 bits. */
  long integer() throws WireFormatException {
    require(TYPE_VARINT);
    return varint();
  }

  void skip() throws WireFormatException {
    switch (type) {
      case TYPE_VARINT -> varint();
      case TYPE_FIXED64 -> advance(8);
      case TYPE_BYTES -> advance(length());
      case TYPE_FIXED32 -> advance(4);
      default -> throw new WireFormatException(); // WIRE-TYPE: groups and unknown types
    }
  }

  private void require(int wanted) throws WireFormatException {
    if (type != wanted) {
      throw new WireFormatException(); // WIRE-TYPE
    }
  }

  private int length() throws WireFormatException {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new WireFormatException(); // WIRE-END
    }
    return (int) length;
  }

  private void advance(int count) throws WireFormatException {
    if (count > end - at) {
      throw new WireFormatException(); // WIRE-END
    }
    at += count;
  }

  private long varint() throws WireFormatException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at == end) {
        throw new WireFormatException(); // WIRE-END
      }
      int next = data[at++];
      if (i == MAX_VARINT_BYTES - 1 && (next & 0xFF) > 1) {
        break; // more than 64 bits
      }
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new WireFormatException(); // WIRE-VARINT
  }
}

package io.matrixrtc.media;

import io.matrixrtc.media.DataPacketException.Reason;
import java.util.Arrays;

/** Walks the fields of a protobuf message. Strict: anything malformed ends it. */
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED_64 = 1;
  static final int BYTES = 2;
  static final int FIXED_32 = 5;

  private static final int MAX_VARINT_BYTES = 10;

  private final byte[] message;
  private int at;
  private int field;
  private int wireType;
  private long number;
  private int valueOff;
  private int valueLen;

  ProtoReader(byte[] message) {
    this.message = message;
  }

  /** Moves to the next field; false at the end. */
  boolean next() throws DataPacketException {
    if (at == message.length) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 32 != 0 || field == 0) {
      throw malformed("field number");
    }
    switch (wireType) {
      case VARINT -> number = varint();
      case FIXED_64 -> skip(Long.BYTES);
      case FIXED_32 -> skip(Integer.BYTES);
      case BYTES -> {
        long length = varint();
        if (length < 0 || length > message.length - at) {
          throw malformed("length");
        }
        skip((int) length);
      }
      default -> throw malformed("wire type");
    }
    return true;
  }

  /** Whether the field has this number and type. */
  boolean is(int wantedField, int wantedType) {
    return field == wantedField && wireType == wantedType;
  }

  /** The value of a {@link #VARINT} field. */
  long number() {
    return number;
  }

  /** A copy of the value of a {@link #BYTES} field. */
  byte[] bytes() {
    return Arrays.copyOfRange(message, valueOff, valueOff + valueLen);
  }

  private void skip(int length) throws DataPacketException {
    if (length > message.length - at) {
      throw malformed("truncated field");
    }
    valueOff = at;
    valueLen = length;
    at += length;
  }

  private long varint() throws DataPacketException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at == message.length) {
        throw malformed("truncated number");
      }
      byte b = message[at++];
      value |= (long) (b & 0x7F) << (7 * i);
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("number of more than 10 bytes");
  }

  private static DataPacketException malformed(String what) {
    return new DataPacketException(Reason.MALFORMED, "malformed protobuf: " + what);
  }
}

package io.matrixrtc.olm;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes the content of a state: fields of fixed length, big-endian, counts before repetitions. */
final class StateWriter {
  private ByteBuffer out = ByteBuffer.allocate(512);

  StateWriter octet(int value) {
    room(1).put((byte) value);
    return this;
  }

  StateWriter flag(boolean value) {
    return octet(value ? 1 : 0);
  }

  StateWriter count(int value) {
    room(Short.BYTES).putShort((short) value);
    return this;
  }

  StateWriter number(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  StateWriter bytes(byte[] value) {
    room(value.length).put(value);
    return this;
  }

  /** Writes a copy made for this purpose and wipes it. */
  StateWriter secret(byte[] copy) {
    bytes(copy);
    Arrays.fill(copy, (byte) 0);
    return this;
  }

  /** Returns what was written and wipes the rest. */
  byte[] finish() {
    byte[] content = Arrays.copyOf(out.array(), out.position());
    Arrays.fill(out.array(), (byte) 0);
    return content;
  }

  private ByteBuffer room(int wanted) {
    if (out.remaining() < wanted) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (out.capacity() + wanted));
      byte[] old = out.array();
      larger.put(old, 0, out.position());
      Arrays.fill(old, (byte) 0);
      out = larger;
    }
    return out;
  }
}

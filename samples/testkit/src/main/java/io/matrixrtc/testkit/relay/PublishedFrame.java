package io.matrixrtc.testkit.relay;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An encrypted frame with its header, as its sender handed it to the relay. Immutable. */
public final class PublishedFrame {
  /** Longest encrypted frame in bytes. */
  public static final int MAX_PAYLOAD_BYTES = 1 << 20;

  private final FrameHeader header;

  /** The wire form: header, then payload to the end. */
  private final byte[] wire;

  private final int payloadOffset;

  PublishedFrame(FrameHeader header, byte[] ownedWire, int payloadOffset) {
    this.header = header;
    this.wire = ownedWire;
    this.payloadOffset = payloadOffset;
  }

  /**
   * A frame with a copy of {@code payload}.
   *
   * @throws IllegalArgumentException if it is empty or over {@value #MAX_PAYLOAD_BYTES} bytes
   */
  public static PublishedFrame of(FrameHeader header, byte[] payload) {
    if (payload.length == 0 || payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("frame: want 1.." + MAX_PAYLOAD_BYTES + " bytes");
    }
    byte[] head = RelayCodec.frameHeader(header);
    byte[] wire = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, wire, head.length, payload.length);
    return new PublishedFrame(header, wire, head.length);
  }

  public FrameHeader header() {
    return header;
  }

  /** Length of the encrypted frame in bytes. */
  public int payloadLength() {
    return wire.length - payloadOffset;
  }

  /** A read-only view of the encrypted frame. */
  public ByteBuffer payload() {
    return ByteBuffer.wrap(wire, payloadOffset, payloadLength()).slice().asReadOnlyBuffer();
  }

  /** A fresh copy of the encrypted frame. */
  public byte[] copyPayload() {
    return Arrays.copyOfRange(wire, payloadOffset, wire.length);
  }

  /** Header and payload as they went over the wire; not a copy, for use in this package only. */
  byte[] wire() {
    return wire;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublishedFrame that && Arrays.equals(wire, that.wire);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
  }

  @Override
  public String toString() {
    return "PublishedFrame[" + header + ", " + payloadLength() + " bytes]";
  }
}

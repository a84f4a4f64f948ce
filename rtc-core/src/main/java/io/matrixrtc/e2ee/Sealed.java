package io.matrixrtc.e2ee;

import java.util.Arrays;

/** Bytes encrypted and authenticated under the store's key. Immutable. */
public final class Sealed {
  private final byte[] bytes;

  private Sealed(byte[] owned) {
    this.bytes = owned;
  }

  /** Returns a value holding a copy of {@code bytes}. */
  public static Sealed of(byte[] bytes) {
    return new Sealed(bytes.clone());
  }

  /** Returns a copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sealed sealed && Arrays.equals(bytes, sealed.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Sealed[" + bytes.length + " bytes]";
  }
}

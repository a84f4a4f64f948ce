package io.matrixrtc.olm;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads what {@link StateWriter} wrote; any deviation makes the state malformed (SEAL-CONTENT). */
final class StateReader implements AutoCloseable {
  private final byte[] content;
  private final ByteBuffer in;

  private StateReader(byte[] content) {
    this.content = content;
    this.in = ByteBuffer.wrap(content);
  }

  /** How one kind of state is read. */
  @FunctionalInterface
  interface Format<T> {
    T read(StateReader in) throws SealedStateException;
  }

  /** Opens a sealed state and reads all of it. */
  static <T> T unseal(StateKey key, StateKind kind, byte[] sealed, Format<T> format)
      throws SealedStateException {
    return read(SealedState.open(key, kind, sealed), format);
  }

  /** Reads all of {@code content}, and wipes it. */
  static <T> T read(byte[] content, Format<T> format) throws SealedStateException {
    try (StateReader reader = new StateReader(content)) {
      T state = format.read(reader);
      if (reader.in.hasRemaining()) {
        throw new SealedStateException.Malformed("trailing bytes");
      }
      return state;
    } catch (BufferUnderflowException e) {
      throw new SealedStateException.Malformed("content is truncated");
    }
  }

  int octet() {
    return in.get() & 0xFF;
  }

  boolean flag() throws SealedStateException {
    int value = octet();
    if (value > 1) {
      throw new SealedStateException.Malformed("bad flag");
    }
    return value == 1;
  }

  /** A count of at most {@code limit}. */
  int count(int limit) throws SealedStateException {
    int value = in.getShort() & 0xFFFF;
    if (value > limit) {
      throw new SealedStateException.Malformed("count over its limit");
    }
    return value;
  }

  long number() {
    return in.getLong();
  }

  byte[] bytes(int length) {
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  SessionConfig config() throws SealedStateException {
    return config(octet());
  }

  static SessionConfig config(int number) throws SealedStateException {
    for (SessionConfig config : SessionConfig.values()) {
      if (config.number() == number) {
        return config;
      }
    }
    throw new SealedStateException.Malformed("unknown configuration");
  }

  Curve25519PublicKey publicKey() {
    return Curve25519PublicKey.owned(bytes(Curve25519PublicKey.BYTES));
  }

  Curve25519SecretKey secretKey() {
    return Curve25519SecretKey.owned(bytes(Curve25519SecretKey.BYTES));
  }

  Ed25519KeyPair keyPair() {
    return Ed25519KeyPair.owned(bytes(Ed25519KeyPair.SEED_BYTES));
  }

  ExpandedEd25519Key expandedKey() throws SealedStateException {
    try {
      return ExpandedEd25519Key.owned(bytes(ExpandedEd25519Key.BYTES));
    } catch (KeyFormatException e) {
      throw new SealedStateException.Malformed("bad signing key");
    }
  }

  ChainKey chainKey() {
    byte[] secret = bytes(ChainKey.BYTES);
    return new ChainKey(secret, number());
  }

  MegolmRatchet ratchet() throws SealedStateException {
    byte[] parts = bytes(MegolmRatchet.BYTES);
    long index = number();
    if (index < 0 || index > MegolmRatchet.MAX_INDEX) {
      throw new SealedStateException.Malformed("ratchet index over its limit");
    }
    return new MegolmRatchet(parts, index);
  }

  @Override
  public void close() {
    Arrays.fill(content, (byte) 0);
  }
}

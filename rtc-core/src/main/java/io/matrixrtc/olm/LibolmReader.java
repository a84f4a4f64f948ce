package io.matrixrtc.olm;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads the fields of a libolm pickle: big-endian, public keys beside their private ones. */
final class LibolmReader {
  private final ByteBuffer in;

  /** Reads the version, which must be {@code version}. */
  LibolmReader(byte[] content, int version) throws PickleException {
    this.in = ByteBuffer.wrap(content);
    long found = number();
    if (found != version) {
      throw new PickleException.UnsupportedVersion(found); // PICKLE-VER
    }
  }

  /** A number of 32 bits, not negative. */
  long number() throws PickleException.Malformed {
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes(Integer.BYTES)).getInt());
  }

  int count(int limit) throws PickleException.Malformed {
    return limited(number(), limit);
  }

  int octet(int limit) throws PickleException.Malformed {
    return limited(bytes(1)[0] & 0xFF, limit);
  }

  private static int limited(long value, int limit) throws PickleException.Malformed {
    if (value > limit) {
      throw new PickleException.Malformed("count over " + limit); // PICKLE-LIMIT
    }
    return (int) value;
  }

  boolean flag() throws PickleException.Malformed {
    return octet(1) == 1;
  }

  byte[] bytes(int length) throws PickleException.Malformed {
    byte[] value = new byte[length];
    try {
      in.get(value);
    } catch (BufferUnderflowException e) {
      throw new PickleException.Malformed("content is truncated"); // PICKLE-CONTENT
    }
    return value;
  }

  Curve25519PublicKey publicKey() throws PickleException.Malformed {
    return Curve25519PublicKey.owned(bytes(Curve25519PublicKey.BYTES));
  }

  /** A Curve25519 public key and the private one that it belongs to. */
  Curve25519SecretKey keyPair() throws PickleException.Malformed {
    Curve25519PublicKey publicKey = publicKey();
    Curve25519SecretKey key = Curve25519SecretKey.owned(bytes(Curve25519SecretKey.BYTES));
    if (!key.publicKey().equals(publicKey)) {
      key.close();
      throw new PickleException.Malformed("public key of another private key"); // PICKLE-CONTENT
    }
    return key;
  }

  Ed25519PublicKey ed25519Key() throws PickleException.Malformed {
    try {
      return Ed25519PublicKey.of(bytes(Ed25519PublicKey.BYTES));
    } catch (KeyFormatException e) {
      throw new PickleException.Malformed("bad signing key");
    }
  }

  /** An Ed25519 public key and the expanded private one that it belongs to. */
  ExpandedEd25519Key signingKey() throws PickleException.Malformed {
    byte[] publicKey = bytes(Ed25519PublicKey.BYTES);
    try {
      ExpandedEd25519Key key = ExpandedEd25519Key.owned(bytes(ExpandedEd25519Key.BYTES));
      if (Arrays.equals(key.publicKey().raw(), publicKey)) {
        return key;
      }
      key.close();
    } catch (KeyFormatException e) {
      throw new PickleException.Malformed("bad signing key");
    }
    throw new PickleException.Malformed("public key of another private key");
  }

  ChainKey chainKey() throws PickleException.Malformed {
    byte[] secret = bytes(ChainKey.BYTES);
    return new ChainKey(secret, number());
  }

  MegolmRatchet ratchet() throws PickleException.Malformed {
    byte[] parts = bytes(MegolmRatchet.BYTES);
    return new MegolmRatchet(parts, number());
  }

  /** Refuses bytes that follow. */
  void end() throws PickleException.Malformed {
    if (in.hasRemaining()) {
      throw new PickleException.Malformed("trailing bytes"); // PICKLE-CONTENT
    }
  }
}

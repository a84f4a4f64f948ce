package io.matrixrtc.media;

import io.matrixrtc.media.DataPacketException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * LiveKit's {@code EncryptedPacket}: the encrypted form of a data packet's payload, and its
 * protobuf bytes. Immutable.
 */
public final class EncryptedPacket {
  /** What livekit-client writes as encryption type. */
  public static final int TYPE_NONE = 0;

  /** What native clients and we write; receivers ignore it. */
  public static final int TYPE_GCM = 1;

  /** The longest ciphertext with its tag, in bytes: a message of a WebRTC data channel. */
  public static final int MAX_VALUE_BYTES = 262_144;

  private static final int FIELD_IN_DATA_PACKET = 18;
  private static final int IDENTITY_IN_DATA_PACKET = 4;

  private final int encryptionType;
  private final byte[] iv;
  private final int keyIndex;
  private final byte[] value;

  private EncryptedPacket(int encryptionType, byte[] iv, int keyIndex, byte[] value) {
    this.encryptionType = encryptionType;
    this.iv = iv;
    this.keyIndex = keyIndex;
    this.value = value;
  }

  /**
   * A packet of these parts.
   *
   * @param iv 12 bytes
   * @param keyIndex 0 to 255
   * @param value ciphertext and tag, 16 to {@value #MAX_VALUE_BYTES} bytes
   * @throws DataPacketException MALFORMED if one of them is not so
   */
  public static EncryptedPacket of(int encryptionType, byte[] iv, long keyIndex, byte[] value)
      throws DataPacketException {
    if (iv.length != FrameNumbers.IV_BYTES) {
      throw malformed("IV of " + iv.length + " bytes");
    }
    if (keyIndex < 0 || keyIndex > KeyIndex.MAX) {
      throw malformed("key index " + keyIndex);
    }
    if (value.length < FrameCipher.TAG_BYTES || value.length > MAX_VALUE_BYTES) {
      throw malformed("value of " + value.length + " bytes");
    }
    return new EncryptedPacket(encryptionType, iv.clone(), (int) keyIndex, value.clone());
  }

  /** Reads the protobuf message. @throws DataPacketException MALFORMED */
  public static EncryptedPacket parse(byte[] message) throws DataPacketException {
    int type = TYPE_NONE;
    byte[] iv = new byte[0];
    long keyIndex = 0;
    byte[] value = new byte[0];
    ProtoReader fields = new ProtoReader(message);
    while (fields.next()) {
      if (fields.is(1, ProtoReader.VARINT)) {
        type = (int) fields.number();
      } else if (fields.is(2, ProtoReader.BYTES)) {
        iv = fields.bytes();
      } else if (fields.is(3, ProtoReader.VARINT)) {
        keyIndex = fields.number();
      } else if (fields.is(4, ProtoReader.BYTES)) {
        value = fields.bytes();
      }
    }
    return of(type, iv, keyIndex, value);
  }

  /**
   * The encrypted packet inside a {@code DataPacket} message; empty if that holds another kind.
   *
   * @throws DataPacketException MALFORMED
   */
  public static Optional<EncryptedPacket> inDataPacket(byte[] dataPacket)
      throws DataPacketException {
    Optional<EncryptedPacket> found = Optional.empty();
    ProtoReader fields = new ProtoReader(dataPacket);
    while (fields.next()) {
      if (fields.is(FIELD_IN_DATA_PACKET, ProtoReader.BYTES)) {
        found = Optional.of(parse(fields.bytes()));
      }
    }
    return found;
  }

  /**
   * Who sent a {@code DataPacket}, as the SFU says: the participant whose ring decrypts it. Empty
   * if it names none.
   *
   * @throws DataPacketException MALFORMED
   */
  public static Optional<String> participantIdentity(byte[] dataPacket) throws DataPacketException {
    Optional<String> found = Optional.empty();
    ProtoReader fields = new ProtoReader(dataPacket);
    while (fields.next()) {
      if (fields.is(IDENTITY_IN_DATA_PACKET, ProtoReader.BYTES)) {
        found = Optional.of(new String(fields.bytes(), StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  /** The protobuf message. */
  public byte[] toByteArray() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.length + 32);
    writeNumber(out, 1, encryptionType);
    writeBytes(out, 2, iv);
    writeNumber(out, 3, keyIndex);
    writeBytes(out, 4, value);
    return out.toByteArray();
  }

  /** The field of a {@code DataPacket} that holds this packet: tag, length and message. */
  public byte[] toDataPacketField() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.length + 40);
    writeBytes(out, FIELD_IN_DATA_PACKET, toByteArray());
    return out.toByteArray();
  }

  public int encryptionType() {
    return encryptionType;
  }

  public KeyIndex keyIndex() {
    return new KeyIndex(keyIndex);
  }

  /** A copy of the IV, 12 bytes. */
  public byte[] iv() {
    return iv.clone();
  }

  /** A copy of ciphertext and tag. */
  public byte[] value() {
    return value.clone();
  }

  @Override
  public String toString() {
    return "EncryptedPacket[index " + keyIndex + ", " + value.length + " bytes]";
  }

  private static void writeNumber(ByteArrayOutputStream out, int field, int number) {
    if (number != 0) {
      writeVarint(out, field << 3);
      writeVarint(out, number);
    }
  }

  private static void writeBytes(ByteArrayOutputStream out, int field, byte[] bytes) {
    writeVarint(out, field << 3 | ProtoReader.BYTES);
    writeVarint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeVarint(ByteArrayOutputStream out, int number) {
    int rest = number;
    while ((rest & ~0x7F) != 0) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static DataPacketException malformed(String what) {
    return new DataPacketException(Reason.MALFORMED, "encrypted packet: " + what);
  }
}

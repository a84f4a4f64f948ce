package io.matrixrtc.media;

import io.matrixrtc.media.DataPacketException.Reason;
import java.util.Arrays;

/**
 * Encrypts and decrypts the payloads of data packets with a member's key ring: AES-GCM without
 * associated data, with the keys of the frames and IVs from the same numbers (KEY-IV). The payload
 * is a serialised {@code EncryptedPacketPayload}. For one thread.
 *
 * <p>Receivers of livekit-client never follow a ratchet here (KEY-R6): who sends data packets
 * rotates instead. Ours walks as for frames.
 */
public final class DataPacketCipher {
  private final KeyRing ring;
  private final IvSource ivs;
  private final FrameCipher cipher = new FrameCipher();
  private final Trial trial;

  public DataPacketCipher(KeyRing ring) {
    this(ring, IvSource.FRAME_NUMBERS);
  }

  DataPacketCipher(KeyRing ring, IvSource ivs) {
    this.ring = ring;
    this.ivs = ivs;
    this.trial = new Trial(ring.settings(), ring.clock());
  }

  /**
   * Encrypts a payload with the key in use.
   *
   * @throws DataPacketException MALFORMED if it is too long, HELD, NO_KEY or KEY_EXHAUSTED
   */
  public EncryptedPacket encrypt(byte[] payload) throws DataPacketException {
    if (payload.length > EncryptedPacket.MAX_VALUE_BYTES - FrameCipher.TAG_BYTES) {
      throw failed(Reason.MALFORMED, "payload of " + payload.length + " bytes");
    }
    SendGate gate = ring.gate();
    gate.onDataPacket();
    if (!gate.admit()) {
      throw failed(Reason.HELD, "sending is held");
    }
    KeyRing.SendingKey key = ring.sending();
    if (key == null) {
      throw failed(Reason.NO_KEY, "no key to send with");
    }
    byte[] iv = new byte[FrameNumbers.IV_BYTES];
    if (!ivs.next(key.slot(), iv)) {
      throw failed(Reason.KEY_EXHAUSTED, "key " + key.slot().index() + " is exhausted");
    }
    if (key.slot().firstUsedMillis() == KeySlot.NEVER) {
      key.slot().markUsed(ring.clock().millis());
    }
    byte[] value = new byte[payload.length + FrameCipher.TAG_BYTES];
    if (!cipher.seal(key.generation().frameKey(), iv, 0, payload, 0, payload.length, value, 0)) {
      throw failed(Reason.NO_KEY, "the key was just replaced");
    }
    return EncryptedPacket.of(EncryptedPacket.TYPE_GCM, iv, key.slot().index(), value);
  }

  /**
   * Decrypts a packet of the ring's member. A failure is not counted against the index.
   *
   * @throws DataPacketException HELD while the sender is no member, NO_KEY or NOT_AUTHENTIC
   */
  public byte[] decrypt(EncryptedPacket packet) throws DataPacketException {
    if (ring.isSuspended()) {
      throw failed(Reason.HELD, "the sender is no member");
    }
    int index = packet.keyIndex().value();
    KeySlot slot = ring.slot(index);
    if (slot == null) {
      throw failed(Reason.NO_KEY, "no key at index " + index);
    }
    byte[] value = packet.value();
    byte[] payload = new byte[value.length - FrameCipher.TAG_BYTES];
    Generation opened = trial.open(slot, new SealedData(packet.iv(), value), payload, 0);
    if (opened == null) {
      Arrays.fill(payload, (byte) 0);
      throw failed(Reason.NOT_AUTHENTIC, "not authentic under key " + index);
    }
    ring.authentic(slot, opened);
    return payload;
  }

  private static DataPacketException failed(Reason reason, String message) {
    return new DataPacketException(reason, "data packet: " + message);
  }

  private static final class SealedData implements Sealed {
    private final byte[] iv;
    private final byte[] value;

    SealedData(byte[] iv, byte[] value) {
      this.iv = iv;
      this.value = value;
    }

    @Override
    public boolean open(FrameCipher cipher, FrameKey key, byte[] out, int outOff) {
      return cipher.open(key, iv, 0, iv, 0, 0, value, 0, value.length, out, outOff);
    }

    /** livekit-client derives the next key but opens with the old one. */
    @Override
    public boolean opensOneStepOn() {
      return false;
    }
  }
}

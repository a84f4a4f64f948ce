package io.matrixrtc.olm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes bytes an Olm message, and a message an authentic one. */
class MessageRulesTest {
  private static final byte[] TEXT = {1, 2, 3};

  private final Pair pair;
  private final NormalMessage valid;

  MessageRulesTest() throws Exception {
    this.pair = Pair.talking(1);
    this.valid = (NormalMessage) pair.alice.encrypt(TEXT);
  }

  private static MessageDefect defect(int type, byte[] body) {
    return catchThrowableOfType(OlmException.Malformed.class, () -> OlmMessage.decode(type, body))
        .defect();
  }

  private AuthenticityCheck refusal(NormalMessage message) {
    String before = States.of(pair.bob);
    OlmException.NotAuthentic error =
        catchThrowableOfType(OlmException.NotAuthentic.class, () -> pair.bob.decrypt(message));
    assertThat(States.of(pair.bob)).isEqualTo(before);
    return error.check();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 255})
  void unknownVersionsAreRefused_OLM_VER(int version) {
    byte[] body = valid.encode();
    body[0] = (byte) version;
    assertThat(defect(1, body)).isEqualTo(MessageDefect.UNSUPPORTED_VERSION);
    assertThat(defect(0, body)).isEqualTo(MessageDefect.UNSUPPORTED_VERSION);
    assertThat(defect(1, new byte[0])).isEqualTo(MessageDefect.MISSING_VERSION);
    assertThat(defect(0, new byte[0])).isEqualTo(MessageDefect.MISSING_VERSION);
  }

  @Test
  void aWrapperIsOfVersion3WhateverIsInside_OLM_VER() throws Exception {
    PreKeyMessage wrapper = preKey();
    byte[] body = wrapper.encode();
    assertThat(PreKeyMessage.decode(body).sessionId()).isEqualTo(wrapper.sessionId());
    body[0] = 4;
    assertThat(defect(0, body)).isEqualTo(MessageDefect.UNSUPPORTED_VERSION);
  }

  private static PreKeyMessage preKey() throws Exception {
    return (PreKeyMessage) Pair.connected(2).alice.encrypt(TEXT);
  }

  @Test
  void aMessageHasRoomForAPayload_OLM_SHORT() {
    for (int version : new int[] {3, 4}) {
      int mac = version == 3 ? 8 : 32;
      byte[] body = new byte[mac + 1];
      body[0] = (byte) version;
      assertThat(defect(1, body)).isEqualTo(MessageDefect.TOO_SHORT);
      byte[] longer = Arrays.copyOf(body, mac + 2);
      assertThat(defect(1, longer)).isEqualTo(MessageDefect.BAD_FIELDS);
    }
  }

  @Test
  void keysAre32Bytes_OLM_KEY() {
    for (int length : new int[] {0, 31, 33}) {
      byte[] body =
          new WireWriter(3).bytes(1, new byte[length]).integer(2, 0).raw(new byte[8]).toBytes();
      assertThat(defect(1, body)).isEqualTo(MessageDefect.BAD_KEY);
    }
    byte[] inner = valid.encode();
    for (int missing = 1; missing <= 3; missing++) {
      WireWriter body = new WireWriter(3);
      for (int field = 1; field <= 3; field++) {
        if (field != missing) {
          body.bytes(field, new byte[32]);
        }
      }
      assertThat(defect(0, body.bytes(4, inner).toBytes())).isEqualTo(MessageDefect.BAD_KEY);
    }
  }

  @Test
  void theMacCoversEveryField_OLM_MAC() throws Exception {
    byte[] body = valid.encode();
    List<Integer> places = List.of(5, 36, 40, body.length - 9, body.length - 8, body.length - 1);
    for (int at : places) {
      byte[] altered = body.clone();
      altered[at] ^= 1;
      assertThat(refusal(NormalMessage.decode(altered))).isEqualTo(AuthenticityCheck.MAC);
    }
    assertThat(pair.bob.decrypt(valid)).isEqualTo(TEXT);
  }

  @Test
  void theMacIsOverTheCanonicalFields_OLM_CANON() throws Exception {
    byte[] swapped =
        new WireWriter(3)
            .integer(2, valid.chainIndex())
            .bytes(1, valid.ratchetKey().raw())
            .bytes(4, valid.ciphertext())
            .raw(valid.mac())
            .toBytes();
    NormalMessage read = NormalMessage.decode(swapped);
    assertThat(read.encode()).isEqualTo(valid.encode()).isNotEqualTo(swapped);
    assertThat(pair.bob.decrypt(read)).isEqualTo(TEXT);
  }

  @Test
  void paddingIsCheckedInsideAnAuthenticMessage_OLM_PAD() throws Exception {
    assertThat(refusal(withCiphertext(new byte[0]))).isEqualTo(AuthenticityCheck.PADDING);
    assertThat(refusal(withCiphertext(new byte[15]))).isEqualTo(AuthenticityCheck.PADDING);
    assertThat(refusal(withCiphertext(new byte[16]))).isEqualTo(AuthenticityCheck.PADDING);
    assertThat(pair.bob.decrypt(withCiphertext(valid.ciphertext()))).isEqualTo(TEXT);
  }

  /** The sender itself puts a right MAC on a ciphertext of its choice. */
  private NormalMessage withCiphertext(byte[] ciphertext) throws Exception {
    SendingChain sending = requireNonNull(pair.bob.sending());
    ChainKey key = pair.bob.root().advance(sending.ratchetKey(), valid.ratchetKey()).chain();
    byte[] payload =
        new WireWriter(3)
            .bytes(1, valid.ratchetKey().raw())
            .integer(2, key.index())
            .bytes(4, ciphertext)
            .toBytes();
    try (MessageCipher cipher = key.messageKey().cipher()) {
      byte[] mac = cipher.mac(payload, 8);
      return NormalMessage.decode(new WireWriter(3).raw(tail(payload)).raw(mac).toBytes());
    }
  }

  private static byte[] tail(byte[] payload) {
    return Arrays.copyOfRange(payload, 1, payload.length);
  }
}

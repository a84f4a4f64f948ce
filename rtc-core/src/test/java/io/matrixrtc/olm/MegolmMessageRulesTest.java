package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.encoding.Base64Text;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes bytes a Megolm message or session key, and a message an authentic one. */
class MegolmMessageRulesTest {
  private final GroupSession owner =
      GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(1));
  private final InboundGroupSession reader =
      InboundGroupSession.fromSessionKey(owner.sessionKey(), SessionConfig.V1);

  private static MessageDefect defect(byte[] body) {
    return catchThrowableOfType(MegolmException.Malformed.class, () -> MegolmMessage.decode(body))
        .defect();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 255})
  void unknownVersionsAreRefused_MEGOLM_VER(int version) {
    byte[] body = owner.encrypt(new byte[1]).encode();
    body[0] = (byte) version;
    assertThat(defect(body)).isEqualTo(MessageDefect.UNSUPPORTED_VERSION);
    assertThat(defect(new byte[0])).isEqualTo(MessageDefect.MISSING_VERSION);
  }

  @Test
  void aMessageHasRoomForAPayload_MEGOLM_SHORT() {
    for (int version : new int[] {3, 4}) {
      int shortest = version == 3 ? 74 : 98;
      byte[] body = new byte[shortest - 1];
      body[0] = (byte) version;
      assertThat(defect(body)).isEqualTo(MessageDefect.TOO_SHORT);
      assertThat(defect(Arrays.copyOf(body, shortest))).isEqualTo(MessageDefect.BAD_FIELDS);
    }
  }

  @Test
  void paddingIsCheckedInsideAnAuthenticMessage_MEGOLM_PAD() throws Exception {
    for (int length : new int[] {0, 15, 16}) {
      MegolmException.NotAuthentic error =
          catchThrowableOfType(
              MegolmException.NotAuthentic.class,
              () -> reader.decrypt(signed(0, new byte[length])));
      assertThat(error.check()).isEqualTo(AuthenticityCheck.PADDING);
    }
    try (MessageCipher cipher = owner.ratchet().cipher()) {
      byte[] ciphertext = cipher.encrypt(new byte[] {7});
      assertThat(reader.decrypt(signed(0, ciphertext)).plaintext()).containsExactly(7);
    }
  }

  /**
   * An index over 32 bits is cut as a proto3 parser does; the canonical form then is not signed.
   */
  @Test
  void longIndexesDoNotPassForShortOnes_MEGOLM_SIG() throws Exception {
    try (MessageCipher cipher = owner.ratchet().cipher()) {
      byte[] ciphertext = cipher.encrypt(new byte[] {7});
      MegolmMessage cut = signed(1L << 32, ciphertext);
      assertThat(cut.index()).isZero();
      MegolmException.NotAuthentic error =
          catchThrowableOfType(MegolmException.NotAuthentic.class, () -> reader.decrypt(cut));
      assertThat(error.check()).isEqualTo(AuthenticityCheck.SIGNATURE);
      assertThat(reader.decrypt(signed(0, ciphertext)).plaintext()).containsExactly(7);
    }
  }

  /** The owner itself puts a right MAC and signature on what it likes. */
  private MegolmMessage signed(long index, byte[] ciphertext) throws MegolmException {
    byte[] payload = new WireWriter(3).integer(1, index).bytes(2, ciphertext).toBytes();
    try (MessageCipher cipher = owner.ratchet().cipher()) {
      byte[] mac = cipher.mac(payload, 8);
      byte[] signed = Arrays.copyOf(payload, payload.length + 8);
      System.arraycopy(mac, 0, signed, payload.length, 8);
      byte[] body = Arrays.copyOf(signed, signed.length + 64);
      System.arraycopy(owner.signingKey().sign(signed).raw(), 0, body, signed.length, 64);
      return MegolmMessage.decode(body);
    }
  }

  @Test
  void keysAndExportsDoNotPassForEachOther_MEGOLM_KEYVER() throws Exception {
    String key = owner.sessionKey().toBase64();
    String export = reader.exportAtFirstKnownIndex().toBase64();
    assertThat(keyDefect(() -> SessionKey.fromBase64(export)))
        .isEqualTo(SessionKeyDefect.UNSUPPORTED_VERSION);
    assertThat(keyDefect(() -> ExportedSessionKey.fromBase64(key)))
        .isEqualTo(SessionKeyDefect.UNSUPPORTED_VERSION);
    assertThat(SessionKey.fromBase64(key).sessionId()).isEqualTo(owner.sessionId());
    assertThat(ExportedSessionKey.fromBase64(export).sessionId()).isEqualTo(owner.sessionId());
  }

  @Test
  void keysHaveNoPadding_MEGOLM_KEY64() throws Exception {
    String key = owner.sessionKey().toBase64();
    assertThat(key.length() % 4).isEqualTo(2);
    assertThat(keyDefect(() -> SessionKey.fromBase64(key + "==")))
        .isEqualTo(SessionKeyDefect.BASE64);
    byte[] odd = Base64Text.decode(reader.exportAtFirstKnownIndex().toBase64());
    String padded = Base64Text.encodePadded(Arrays.copyOf(odd, 164));
    assertThat(keyDefect(() -> ExportedSessionKey.fromBase64(padded)))
        .isEqualTo(SessionKeyDefect.BASE64);
  }

  private static SessionKeyDefect keyDefect(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(MegolmException.MalformedKey.class, call).defect();
  }
}

package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group sessions: reading, exporting, comparing and merging. */
class MegolmSessionTest {
  private static final SessionConfig V1 = SessionConfig.V1;

  private final GroupSession owner = GroupSession.generate(V1, ScriptedRandom.seeded(1));

  private InboundGroupSession reader() {
    return InboundGroupSession.fromSessionKey(owner.sessionKey(), V1);
  }

  @ParameterizedTest
  @EnumSource(SessionConfig.class)
  void messagesSurviveTheWire(SessionConfig config) throws Exception {
    GroupSession sender = GroupSession.generate(config, ScriptedRandom.seeded(2));
    InboundGroupSession receiver =
        InboundGroupSession.fromSessionKey(
            SessionKey.fromBase64(sender.sessionKey().toBase64()), config);
    assertThat(receiver.sessionId()).isEqualTo(sender.sessionId()).hasSize(43);
    for (int i = 0; i < 300; i++) {
      MegolmMessage sent = sender.encrypt(new byte[i]);
      MegolmMessage received = MegolmMessage.decode(sent.encode());
      assertThat(received.encode()).isEqualTo(sent.encode());
      DecryptedGroupMessage read = receiver.decrypt(received);
      assertThat(read.plaintext()).hasSize(i);
      assertThat(read.index()).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionConfig.class)
  void sessionKeysAndExportsSurviveTheirText_B50(SessionConfig config) throws Exception {
    GroupSession sender = GroupSession.generate(config, ScriptedRandom.seeded(4));
    InboundGroupSession full = InboundGroupSession.fromSessionKey(sender.sessionKey(), config);
    sender.encrypt(new byte[] {0});
    String key = sender.sessionKey().toBase64();
    String export = full.exportAt(1).toBase64();
    assertThat(SessionKey.fromBase64(key).toBase64()).isEqualTo(key);
    assertThat(ExportedSessionKey.fromBase64(export).toBase64()).isEqualTo(export);
    MegolmMessage message = sender.encrypt(new byte[] {1});
    for (InboundGroupSession read :
        List.of(
            InboundGroupSession.fromSessionKey(SessionKey.fromBase64(key), config),
            InboundGroupSession.importExported(ExportedSessionKey.fromBase64(export), config))) {
      assertThat(read.firstKnownIndex()).isEqualTo(1);
      assertThat(read.sessionId()).isEqualTo(sender.sessionId());
      assertThat(read.exportAtFirstKnownIndex().toBase64()).isEqualTo(export);
      assertThat(read.decrypt(message).plaintext()).containsExactly(1);
    }
  }

  @Test
  void readsInAnyOrderAndAgain_B49() throws Exception {
    InboundGroupSession reader = reader();
    List<MegolmMessage> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(owner.encrypt(new byte[] {(byte) i}));
    }
    for (int i : new int[] {19, 0, 7, 19, 8, 0, 3}) {
      assertThat(reader.decrypt(sent.get(i)).plaintext()).containsExactly(i);
    }
    assertThat(reader.firstKnownIndex()).isZero();
  }

  @Test
  void refusesSignatureThenIndexThenMac_MEGOLM_SIG() throws Exception {
    MegolmMessage early = owner.encrypt(new byte[] {1});
    InboundGroupSession reader = reader();
    MegolmMessage late = owner.encrypt(new byte[] {2});
    byte[] badSignature = early.encode();
    badSignature[badSignature.length - 1] ^= 1;
    assertCheck(reader, MegolmMessage.decode(badSignature), AuthenticityCheck.SIGNATURE);
    MegolmException.UnknownIndex unknown =
        catchThrowableOfType(
            MegolmException.UnknownIndex.class,
            () -> reader.decrypt(withBadMac(early))); // MEGOLM-IDX comes before MEGOLM-MAC
    assertThat(unknown.firstKnown()).isEqualTo(1);
    assertThat(unknown.wanted()).isZero();
    assertCheck(reader, withBadMac(late), AuthenticityCheck.MAC);
    assertThat(reader.decrypt(late).plaintext()).containsExactly(2);
  }

  private static void assertCheck(
      InboundGroupSession reader, MegolmMessage message, AuthenticityCheck check) {
    MegolmException.NotAuthentic error =
        catchThrowableOfType(MegolmException.NotAuthentic.class, () -> reader.decrypt(message));
    assertThat(error.check()).isEqualTo(check);
  }

  /** The owner itself signs a message whose MAC is wrong. */
  private MegolmMessage withBadMac(MegolmMessage message) throws MegolmException {
    byte[] body = message.encode();
    int signatureAt = body.length - Ed25519Signature.BYTES;
    body[signatureAt - 1] ^= 1;
    byte[] signature =
        owner.signingKey().sign(java.util.Arrays.copyOf(body, signatureAt)).toBytes();
    System.arraycopy(signature, 0, body, signatureAt, signature.length);
    return MegolmMessage.decode(body);
  }

  @Test
  void aSessionIsBoundToItsConfiguration_MEGOLM_CONFIG() throws Exception {
    GroupSession v2 = GroupSession.generate(SessionConfig.V2, ScriptedRandom.seeded(3));
    InboundGroupSession asV1 = InboundGroupSession.fromSessionKey(v2.sessionKey(), V1);
    InboundGroupSession asV2 =
        InboundGroupSession.fromSessionKey(v2.sessionKey(), SessionConfig.V2);
    MegolmMessage message = v2.encrypt(new byte[] {1});
    assertThatExceptionOfType(MegolmException.ConfigMismatch.class)
        .isThrownBy(() -> asV1.decrypt(message));
    assertThat(asV2.decrypt(message).plaintext()).containsExactly(1);
    assertThat(asV1.isConnectedTo(asV2)).isFalse();
  }

  @Test
  void exportsReadFromTheirIndexOn_MEGOLM_IDX() throws Exception {
    InboundGroupSession full = reader();
    List<MegolmMessage> sent = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sent.add(owner.encrypt(new byte[] {(byte) i}));
    }
    ExportedSessionKey export = ExportedSessionKey.fromBase64(full.exportAt(4).toBase64());
    assertThat(export.index()).isEqualTo(4);
    InboundGroupSession part = InboundGroupSession.importExported(export, V1);
    assertThat(part.decrypt(sent.get(4)).plaintext()).containsExactly(4);
    assertThat(part.decrypt(sent.get(5)).plaintext()).containsExactly(5);
    assertThatExceptionOfType(MegolmException.UnknownIndex.class)
        .isThrownBy(() -> part.decrypt(sent.get(3)));
    assertThatExceptionOfType(MegolmException.UnknownIndex.class)
        .isThrownBy(() -> part.exportAt(3));
    assertThat(part.exportAt(MegolmRatchet.MAX_INDEX).index()).isEqualTo(0xFFFF_FFFFL);
    assertThatIllegalArgumentException().isThrownBy(() -> part.exportAt(1L << 32));
    assertThatIllegalArgumentException().isThrownBy(() -> part.exportAt(-1));
  }

  @Test
  void mergingKeepsTheEarlierIndexAndTheVerification_MEGOLM_MERGE() throws Exception {
    InboundGroupSession full = reader();
    InboundGroupSession imported =
        InboundGroupSession.importExported(full.exportAtFirstKnownIndex(), V1);
    owner.encrypt(new byte[] {1});
    InboundGroupSession later = reader();
    assertThat(imported.isVerified()).isFalse();
    assertThat(imported.compare(later)).isEqualTo(SessionOrdering.BETTER);
    assertThat(later.compare(imported)).isEqualTo(SessionOrdering.WORSE);
    for (InboundGroupSession merged :
        List.of(later.merge(imported).orElseThrow(), imported.merge(later).orElseThrow())) {
      assertThat(merged.firstKnownIndex()).isZero();
      assertThat(merged.isVerified()).isTrue();
      assertThat(merged.compare(full)).isEqualTo(SessionOrdering.EQUAL);
    }
    InboundGroupSession twice = imported.merge(imported).orElseThrow();
    assertThat(twice.isVerified()).isFalse();
  }

  @Test
  void otherSessionsAndAlteredCopiesAreNotConnected_MEGOLM_CONNECT() throws Exception {
    InboundGroupSession real = reader();
    GroupSession other = GroupSession.generate(V1, ScriptedRandom.seeded(4));
    InboundGroupSession foreign = InboundGroupSession.fromSessionKey(other.sessionKey(), V1);
    MegolmRatchet altered = real.first().copy();
    altered.raw()[127] ^= 1;
    InboundGroupSession forged = new InboundGroupSession(V1, real.signingKey(), altered, false);
    for (InboundGroupSession it : List.of(foreign, forged)) {
      assertThat(real.compare(it)).isEqualTo(SessionOrdering.UNCONNECTED);
      assertThat(real.merge(it)).isEmpty();
    }
    assertThat(real.isConnectedTo(reader())).isTrue();
  }

  @Test
  void stopsAfterTheLastIndex_MEGOLM_WRAP_ours() throws Exception {
    owner.ratchet().advanceTo(MegolmRatchet.MAX_INDEX - 1);
    InboundGroupSession reader = reader();
    assertThat(reader.decrypt(owner.encrypt(new byte[] {1})).index()).isEqualTo(0xFFFF_FFFEL);
    assertThat(reader.decrypt(owner.encrypt(new byte[] {2})).index()).isEqualTo(0xFFFF_FFFFL);
    StateKey key = StateKey.generate(ScriptedRandom.seeded(5));
    GroupSession loaded = GroupSession.unseal(key, owner.seal(key, ScriptedRandom.seeded(6)));
    for (GroupSession session : List.of(owner, loaded)) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> session.encrypt(new byte[] {3}))
          .withMessageContaining("used up");
    }
  }

  @Test
  void sessionKeysHaveExactlyTheirLength_MEGOLM_KEYLEN_ours() throws Exception {
    String key = owner.sessionKey().toBase64();
    byte[] bytes = io.matrixrtc.encoding.Base64Text.decode(key);
    assertThat(bytes).hasSize(SessionKey.BYTES).hasSize(229);
    assertThat(SessionKey.fromBase64(key).toBase64()).isEqualTo(key);
    for (int length : new int[] {228, 230}) {
      String text = io.matrixrtc.encoding.Base64Text.encode(java.util.Arrays.copyOf(bytes, length));
      MegolmException.MalformedKey error =
          catchThrowableOfType(
              MegolmException.MalformedKey.class, () -> SessionKey.fromBase64(text));
      assertThat(error.defect())
          .isEqualTo(length < 229 ? SessionKeyDefect.TOO_SHORT : SessionKeyDefect.TOO_LONG);
    }
    bytes[100] ^= 1;
    MegolmException.MalformedKey error =
        catchThrowableOfType(
            MegolmException.MalformedKey.class,
            () -> SessionKey.fromBase64(io.matrixrtc.encoding.Base64Text.encode(bytes)));
    assertThat(error.defect()).isEqualTo(SessionKeyDefect.BAD_SIGNATURE);
  }

  @Test
  void closedSessionsWorkNoMore() throws Exception {
    InboundGroupSession reader = reader();
    MegolmMessage message = owner.encrypt(new byte[] {1});
    reader.decrypt(message);
    reader.close();
    owner.close();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> reader.decrypt(message));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> owner.encrypt(new byte[] {1}));
    assertThat(reader.first().raw()).containsOnly(0);
    assertThat(owner.ratchet().raw()).containsOnly(0);
  }
}

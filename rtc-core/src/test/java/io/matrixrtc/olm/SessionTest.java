package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dialogues, and the limits of a session at the edge and one beyond. */
class SessionTest {
  private static final byte[] TEXT = "a key".getBytes(UTF_8);

  @ParameterizedTest
  @EnumSource(SessionConfig.class)
  void bothSidesTalkUnderOneId_OLM_SID(SessionConfig config) throws Exception {
    Pair pair = Pair.connected(config, new SplittableRandom(1));
    assertThat(pair.alice.sessionId()).isEqualTo(pair.bob.sessionId()).hasSize(43);
    for (int turn = 0; turn < 5; turn++) {
      assertThat(pair.alice.decrypt(pair.bob.encrypt(TEXT))).isEqualTo(TEXT);
      assertThat(pair.bob.decrypt(pair.alice.encrypt(TEXT))).isEqualTo(TEXT);
    }
  }

  @Test
  void writesPreKeyMessagesUntilAnAnswerWasRead_OLM_PREKEY() throws Exception {
    Pair pair = Pair.connected(2);
    assertThat(pair.alice.hasReceivedMessage()).isFalse();
    assertThat(pair.alice.encrypt(TEXT)).isInstanceOf(PreKeyMessage.class);
    OlmMessage answer = pair.bob.encrypt(TEXT);
    assertThat(answer).isInstanceOf(NormalMessage.class);
    assertThat(pair.alice.encrypt(TEXT).type()).isEqualTo(OlmMessage.TYPE_PRE_KEY);
    pair.alice.decrypt(answer);
    assertThat(pair.alice.hasReceivedMessage()).isTrue();
    assertThat(pair.alice.encrypt(TEXT).type()).isEqualTo(OlmMessage.TYPE_NORMAL);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 1000, 70_000})
  void plaintextsOfAnyLengthSurviveTheWire_B17(int length) throws Exception {
    List<Integer> types = new ArrayList<>();
    for (Pair pair : List.of(Pair.connected(3), Pair.talking(3))) {
      byte[] plaintext = new byte[length];
      OlmMessage sent = pair.alice.encrypt(plaintext);
      OlmMessage received = OlmMessage.decode(sent.type(), sent.encode());
      assertThat(received.encode()).isEqualTo(sent.encode());
      assertThat(pair.bob.decrypt(received)).isEqualTo(plaintext);
      types.add(received.type());
    }
    assertThat(types).containsExactly(OlmMessage.TYPE_PRE_KEY, OlmMessage.TYPE_NORMAL);
  }

  @ParameterizedTest
  @EnumSource(SessionConfig.class)
  void bothSidesStartWithEqualSecretsRootAndChainKeys_B12(SessionConfig config) throws Exception {
    Pair pair = Pair.connected(config, new SplittableRandom(15));
    assertThat(States.root(pair.alice)).isEqualTo(States.root(pair.bob));
    assertThat(States.receiving(pair.bob)).containsExactly(ofTheReader(pair.alice));
    pair.alice.decrypt(pair.bob.encrypt(TEXT));
    assertThat(States.root(pair.alice)).isEqualTo(States.root(pair.bob));
    assertThat(States.receiving(pair.alice)).containsExactly(ofTheReader(pair.bob));
    Pair others = Pair.connected(config, new SplittableRandom(16));
    assertThat(States.root(others.bob)).as("control").isNotEqualTo(States.root(pair.bob));
  }

  /**
   * The sending chain of {@code session}, as {@link States#receiving} shows it at the other end.
   */
  private static String ofTheReader(Session session) {
    SendingChain chain = Objects.requireNonNull(session.sending());
    return chain.ratchetKey().publicKey().toBase64()
        + States.sending(session).substring(2 * Curve25519SecretKey.BYTES);
  }

  @Test
  void aStepAddsOneToTheIndexAndAMessageKeyCarriesItsIndex_B15() throws Exception {
    Pair pair = Pair.talking(17);
    pair.bob.decrypt(pair.alice.encrypt(TEXT)); // the chain that the next messages are on
    ChainKey chain = Objects.requireNonNull(pair.alice.sending()).chain();
    for (int i = 1; i < 5; i++) {
      assertThat(chain.index()).isEqualTo(i);
      assertThat(chain.messageKey().index()).isEqualTo(i);
      ChainKey next = chain.next();
      NormalMessage message = (NormalMessage) pair.alice.encrypt(TEXT);
      assertThat(message.chainIndex()).isEqualTo(i);
      assertThat(Objects.requireNonNull(pair.alice.sending()).chain().raw()).isEqualTo(next.raw());
      assertThat(next.raw()).isNotEqualTo(next.next().raw());
      chain = next;
    }
    OlmMessage last = pair.alice.encrypt(TEXT);
    pair.bob.decrypt(last);
    assertThat(pair.bob.receiving().all()).hasSize(2);
    assertThat(pair.bob.receiving().all())
        .last()
        .satisfies(read -> assertThat(read.chain().index()).isEqualTo(6))
        .extracting(read -> read.skipped().stream().map(MessageKey::index).toList())
        .isEqualTo(List.of(1L, 2L, 3L, 4L));
  }

  @Test
  void knowsTheRatchetKeysItHasReceivedUnder() throws Exception {
    Pair pair = Pair.talking(14);
    NormalMessage first = (NormalMessage) pair.alice.encrypt(TEXT);
    NormalMessage second = (NormalMessage) pair.alice.encrypt(TEXT);
    pair.bob.decrypt(first);
    assertThat(pair.bob.knowsRatchetKeyOf(second)).isTrue();
    pair.alice.decrypt(pair.bob.encrypt(TEXT));
    NormalMessage turned = (NormalMessage) pair.alice.encrypt(TEXT);
    assertThat(pair.bob.knowsRatchetKeyOf(turned)).isFalse();
    assertThat(pair.bob.decrypt(turned)).isEqualTo(TEXT);
    assertThat(pair.bob.knowsRatchetKeyOf(turned)).isTrue();
    assertThat(pair.bob.decrypt(second)).isEqualTo(TEXT);
  }

  @Test
  void aMessageDecryptsOnce_OLM_ONCE() throws Exception {
    Pair pair = Pair.talking(4);
    OlmMessage first = pair.alice.encrypt(TEXT);
    OlmMessage second = pair.alice.encrypt(TEXT);
    pair.bob.decrypt(second);
    pair.bob.decrypt(first);
    for (OlmMessage again : List.of(first, second)) {
      String before = States.of(pair.bob);
      OlmException.MissingMessageKey error =
          catchThrowableOfType(OlmException.MissingMessageKey.class, () -> pair.bob.decrypt(again));
      assertThat(error.chainIndex()).isEqualTo(((NormalMessage) again).chainIndex());
      assertThat(States.of(pair.bob)).isEqualTo(before);
    }
  }

  @Test
  void followsAGapOf2000ButNotOf2001_OLM_GAP() throws Exception {
    Pair pair = Pair.talking(5);
    List<OlmMessage> sent = send(pair.alice, 2002);
    String before = States.of(pair.bob);
    OlmException.GapTooBig error =
        catchThrowableOfType(OlmException.GapTooBig.class, () -> pair.bob.decrypt(sent.get(2001)));
    assertThat(error.gap()).isEqualTo(2001);
    assertThat(error.limit()).isEqualTo(2000);
    assertThat(States.of(pair.bob)).isEqualTo(before);
    assertThat(pair.bob.decrypt(sent.get(2000))).isEqualTo(TEXT);
    assertThat(pair.bob.decrypt(sent.get(2001))).isEqualTo(TEXT);
  }

  @Test
  void keepsTheLast40SkippedKeysOfAChain_OLM_SKIP() throws Exception {
    Pair pair = Pair.talking(6);
    List<OlmMessage> sent = send(pair.alice, 42);
    pair.bob.decrypt(sent.get(41));
    assertThatExceptionOfType(OlmException.MissingMessageKey.class)
        .isThrownBy(() -> pair.bob.decrypt(sent.get(0)));
    for (int i = 1; i < 41; i++) {
      assertThat(pair.bob.decrypt(sent.get(i))).isEqualTo(TEXT);
    }
  }

  @Test
  void skippedKeysOfSeveralGapsCountTogether_OLM_SKIP() throws Exception {
    Pair pair = Pair.talking(7);
    List<OlmMessage> sent = send(pair.alice, 45);
    pair.bob.decrypt(sent.get(30));
    pair.bob.decrypt(sent.get(44));
    for (int i = 0; i < 3; i++) {
      OlmMessage evicted = sent.get(i);
      assertThatExceptionOfType(OlmException.MissingMessageKey.class)
          .isThrownBy(() -> pair.bob.decrypt(evicted));
    }
    assertThat(pair.bob.decrypt(sent.get(3))).isEqualTo(TEXT);
    assertThat(pair.bob.decrypt(sent.get(43))).isEqualTo(TEXT);
  }

  @Test
  void keepsFiveReceivingChains_OLM_CHAINS() throws Exception {
    Pair pair = Pair.talking(8);
    List<OlmMessage> late = new ArrayList<>();
    for (int turn = 0; turn < 6; turn++) {
      late.add(pair.alice.encrypt(TEXT));
      pair.bob.decrypt(pair.alice.encrypt(TEXT));
      pair.alice.decrypt(pair.bob.encrypt(TEXT));
    }
    OlmException.NotAuthentic error =
        catchThrowableOfType(OlmException.NotAuthentic.class, () -> pair.bob.decrypt(late.get(0)));
    assertThat(error.check()).isEqualTo(AuthenticityCheck.MAC);
    for (OlmMessage message : late.subList(1, 6)) {
      assertThat(pair.bob.decrypt(message)).isEqualTo(TEXT);
    }
  }

  @Test
  void refusesAnUnknownRatchetKeyBeforeItEverSent_OLM_COMMIT() throws Exception {
    Pair pair = Pair.connected(9);
    Pair others = Pair.talking(10);
    OlmMessage foreign = others.alice.encrypt(TEXT);
    String before = States.of(pair.bob);
    OlmException.NotAuthentic error =
        catchThrowableOfType(OlmException.NotAuthentic.class, () -> pair.bob.decrypt(foreign));
    assertThat(error.check()).isEqualTo(AuthenticityCheck.MAC);
    assertThat(States.of(pair.bob)).isEqualTo(before);
    assertThat(others.bob.decrypt(foreign)).isEqualTo(TEXT);
  }

  @Test
  void aSessionIsBoundToItsConfiguration_OLM_CONFIG() throws Exception {
    Pair v1 = Pair.connected(SessionConfig.V1, new SplittableRandom(11));
    Pair v2 = Pair.connected(SessionConfig.V2, new SplittableRandom(11));
    OlmMessage message = v2.alice.encrypt(TEXT);
    OlmException.ConfigMismatch error =
        catchThrowableOfType(OlmException.ConfigMismatch.class, () -> v1.bob.decrypt(message));
    assertThat(error.expected()).isEqualTo(SessionConfig.V1);
    assertThat(error.found()).isEqualTo(SessionConfig.V2);
    assertThat(v2.bob.decrypt(message)).isEqualTo(TEXT);
    OlmMessage older = v1.alice.encrypt(TEXT);
    assertThatExceptionOfType(OlmException.ConfigMismatch.class)
        .isThrownBy(() -> v2.bob.decrypt(older));
    assertThat(v1.bob.decrypt(older)).isEqualTo(TEXT);
  }

  @Test
  void unknownMessageTypesAreRefused_OLM_TYPE() throws Exception {
    byte[] body = Pair.talking(12).alice.encrypt(TEXT).encode();
    assertThat(OlmMessage.decode(1, body)).isInstanceOf(NormalMessage.class);
    for (int type : new int[] {-1, 2, 3, Integer.MAX_VALUE}) {
      OlmException.Malformed error =
          catchThrowableOfType(OlmException.Malformed.class, () -> OlmMessage.decode(type, body));
      assertThat(error.defect()).isEqualTo(MessageDefect.UNKNOWN_TYPE);
    }
  }

  @Test
  void aClosedSessionWorksNoMore() throws Exception {
    Pair pair = Pair.talking(13);
    OlmMessage message = pair.alice.encrypt(TEXT);
    pair.bob.close();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> pair.bob.decrypt(message));
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> pair.bob.encrypt(TEXT));
    assertThat(States.root(pair.bob)).matches("0+");
  }

  private static List<OlmMessage> send(Session session, int count) throws Exception {
    List<OlmMessage> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(session.encrypt(TEXT));
    }
    return sent;
  }
}

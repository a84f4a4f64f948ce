package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.encoding.Base64Text;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What libolm and vodozemac began goes on here: each byte they would have sent, and all they read.
 */
class PickleDialogueTest {
  @FunctionalInterface
  private interface Check {
    void run(Pickles library, JsonNode recorded) throws Exception;
  }

  private static Stream<DynamicTest> forEach(String kind, Check check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Pickles library : Pickles.values()) {
      for (JsonNode recorded : library.all(kind)) {
        String name = library + ", " + recorded.path("name").textValue();
        tests.add(dynamicTest(name, () -> check.run(library, recorded)));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(8);
    return tests.stream();
  }

  private static Session load(Pickles library, JsonNode recorded, RandomSource random)
      throws PickleException {
    return library.session(recorded.path("pickle").textValue(), library.key(), random);
  }

  private static OlmMessage message(JsonNode recorded) throws Exception {
    return OlmMessage.decode(
        recorded.path("type").intValue(), Base64Text.decode(recorded.path("body").textValue()));
  }

  private static String text(byte[] plaintext) {
    return new String(plaintext, UTF_8);
  }

  @TestFactory
  Stream<DynamicTest> sessionsReadWhatIsSentToThem_B23() {
    return forEach(
        "sessions",
        (library, recorded) -> {
          Session session = load(library, recorded, ScriptedRandom.seeded(1));
          assertThat(session.sessionId()).isEqualTo(recorded.path("session_id").textValue());
          assertThat(session.config().number()).isEqualTo(recorded.path("config").asInt(1));
          for (JsonNode dropped : recorded.path("dropped")) {
            String before = States.of(session);
            assertThatExceptionOfType(OlmException.class)
                .isThrownBy(() -> session.decrypt(message(dropped)));
            assertThat(States.of(session)).isEqualTo(before);
          }
          assertThat(recorded.path("incoming")).isNotEmpty();
          for (JsonNode incoming : recorded.path("incoming")) {
            assertThat(text(session.decrypt(message(incoming))))
                .isEqualTo(incoming.path("plaintext").textValue());
            assertThatExceptionOfType(OlmException.MissingMessageKey.class)
                .isThrownBy(() -> session.decrypt(message(incoming)));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> sessionsSendWhatTheirLibraryWouldHaveSent_B16_B23() {
    return forEach(
        "sessions",
        (library, recorded) -> {
          ScriptedRandom random = new ScriptedRandom();
          Session session = load(library, recorded, random);
          assertThat(recorded.path("outgoing")).isNotEmpty();
          for (JsonNode outgoing : recorded.path("outgoing")) {
            String drawn = outgoing.path("random").textValue();
            if (!drawn.isEmpty()) {
              random.then(HexFormat.of().parseHex(drawn));
            }
            OlmMessage sent =
                session.encrypt(outgoing.path("plaintext").textValue().getBytes(UTF_8));
            assertThat(sent.type()).isEqualTo(outgoing.path("type").intValue());
            assertThat(Base64Text.encode(sent.encode()))
                .isEqualTo(outgoing.path("body").textValue());
          }
          random.assertUsedUp();
        });
  }

  @TestFactory
  Stream<DynamicTest> bothSidesImportedTalkOn() {
    return forEach(
        "sessions",
        (library, recorded) -> {
          Session session = load(library, recorded, ScriptedRandom.seeded(1));
          if (!recorded.has("peer_pickle")) {
            return; // the peer is in libolm's file
          }
          Session peer =
              library.session(
                  recorded.path("peer_pickle").textValue(),
                  library.key(),
                  ScriptedRandom.seeded(2));
          for (int turn = 0; turn < 7; turn++) {
            byte[] there = {(byte) turn};
            assertThat(peer.decrypt(session.encrypt(there))).isEqualTo(there);
            assertThat(session.decrypt(peer.encrypt(there))).isEqualTo(there);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> importedSessionsAreStoredAndLoaded() {
    return forEach(
        "sessions",
        (library, recorded) -> {
          Session session = load(library, recorded, ScriptedRandom.seeded(1));
          byte[] sealed = session.seal(GoldenStates.KEY, GoldenStates.salt());
          Session loaded = Session.unseal(GoldenStates.KEY, sealed);
          assertThat(States.of(loaded)).isEqualTo(States.of(session));
          assertThat(loaded.seal(GoldenStates.KEY, GoldenStates.salt())).isEqualTo(sealed);
        });
  }

  @TestFactory
  Stream<DynamicTest> outboundGroupSessionsSendWhatTheirLibraryWouldHaveSent_B59() {
    return forEach(
        "outbound_group_sessions",
        (library, recorded) -> {
          GroupSession session =
              library.groupSession(recorded.path("pickle").textValue(), library.key());
          assertThat(session.sessionId()).isEqualTo(recorded.path("session_id").textValue());
          assertThat(session.config().number()).isEqualTo(recorded.path("config").asInt(1));
          assertThat(session.sessionKey().toBase64())
              .isEqualTo(recorded.path("session_key").textValue());
          GroupSession loaded =
              GroupSession.unseal(
                  GoldenStates.KEY, session.seal(GoldenStates.KEY, GoldenStates.salt()));
          assertThat(loaded.seal(GoldenStates.KEY, GoldenStates.salt()))
              .isEqualTo(session.seal(GoldenStates.KEY, GoldenStates.salt()));
          for (GroupSession each : List.of(session, loaded)) {
            for (JsonNode next : recorded.path("next_messages")) {
              assertThat(each.messageIndex()).isEqualTo(next.path("index").longValue());
              assertThat(
                      Base64Text.encode(
                          each.encrypt(next.path("plaintext").textValue().getBytes(UTF_8))
                              .encode()))
                  .isEqualTo(next.path("body").textValue());
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> inboundGroupSessionsReadOn_B59() {
    return forEach(
        "inbound_group_sessions",
        (library, recorded) -> {
          InboundGroupSession session =
              library.inboundGroupSession(recorded.path("pickle").textValue(), library.key());
          assertThat(session.sessionId()).isEqualTo(recorded.path("session_id").textValue());
          assertThat(session.config().number()).isEqualTo(recorded.path("config").asInt(1));
          assertThat(session.isVerified()).isEqualTo(recorded.path("verified").booleanValue());
          long first = recorded.path("first_known_index").longValue();
          assertThat(session.firstKnownIndex()).isEqualTo(first);
          assertThat(session.exportAtFirstKnownIndex().toBase64())
              .isEqualTo(recorded.path("export_at_first").textValue());
          for (JsonNode each : recorded.path("messages")) {
            MegolmMessage message =
                MegolmMessage.decode(Base64Text.decode(each.path("body").textValue()));
            DecryptedGroupMessage read = session.decrypt(message);
            assertThat(text(read.plaintext())).isEqualTo(each.path("plaintext").textValue());
            assertThat(read.index()).isEqualTo(each.path("index").longValue());
          }
          if (first > 0) {
            assertThatExceptionOfType(MegolmException.UnknownIndex.class)
                .isThrownBy(() -> session.exportAt(first - 1));
          }
        });
  }
}

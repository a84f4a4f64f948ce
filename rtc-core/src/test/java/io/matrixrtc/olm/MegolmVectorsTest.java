package io.matrixrtc.olm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Group sessions of libolm and vodozemac: keys, messages, exports, and what is refused. */
class MegolmVectorsTest {
  /** Members of a case, all of which the checks below look at. */
  private static final Set<String> KNOWN =
      Set.of(
          "id",
          "kind",
          "polarity",
          "title",
          "notes",
          "producer",
          "session_config",
          "session",
          "session_id",
          "session_key",
          "session_key_index",
          "session_key_export",
          "first_known_index",
          "first_export",
          "messages",
          "attempts",
          "exports",
          "key_attempts",
          "sessions",
          "relations");

  @TestFactory
  Stream<DynamicTest> groupSessions() {
    return Vectors.of("megolm.json", "megolm", MegolmVectorsTest::check);
  }

  private static void check(JsonNode vector) throws Exception {
    vector.fieldNames().forEachRemaining(name -> assertThat(KNOWN).contains(name));
    SessionConfig config =
        vector.get("session_config").intValue() == 2 ? SessionConfig.V2 : SessionConfig.V1;
    if (vector.has("session")) {
      ours(vector, config);
    }
    if (vector.has("session_key") || vector.has("session_key_export")) {
      theirs(vector, config);
    }
    for (JsonNode attempt : vector.path("key_attempts")) {
      keyAttempt(attempt);
    }
    relations(vector, config);
  }

  /** The session's owner: must write the same keys and messages, byte for byte. */
  private static void ours(JsonNode vector, SessionConfig config) throws Exception {
    if (vector.has("session_key")) {
      long index = vector.path("session_key_index").asLong(0);
      SessionKey key = owner(vector, config, index).sessionKey();
      assertThat(key.toBase64()).isEqualTo(vector.get("session_key").textValue());
      assertThat(key.index()).isEqualTo(index);
      assertThat(key.sessionId()).isEqualTo(vector.get("session_id").textValue());
    }
    for (JsonNode message : vector.path("messages")) {
      long index = message.get("index").longValue();
      MegolmMessage written = owner(vector, config, index).encrypt(hex(message, "plaintext"));
      assertThat(Base64Text.encode(written.encode())).isEqualTo(message.get("body").textValue());
    }
  }

  private static GroupSession owner(JsonNode vector, SessionConfig config, long index) {
    ScriptedRandom random = new ScriptedRandom();
    random.then(hex(vector.get("session"), "ratchet"));
    random.then(hex(vector.get("session"), "ed25519_seed"));
    GroupSession session = GroupSession.generate(config, random);
    random.assertUsedUp();
    session.ratchet().advanceTo(index);
    return session;
  }

  /** A session from the key that the case gives. */
  private static void theirs(JsonNode vector, SessionConfig config) throws Exception {
    InboundGroupSession session = inbound(vector, config);
    assertThat(session.sessionId()).isEqualTo(vector.get("session_id").textValue());
    assertThat(session.isVerified()).isEqualTo(vector.has("session_key"));
    if (vector.has("first_known_index")) {
      assertThat(session.firstKnownIndex()).isEqualTo(vector.get("first_known_index").longValue());
    }
    for (JsonNode message : vector.path("messages")) {
      DecryptedGroupMessage read = session.decrypt(decode(message));
      assertThat(read.plaintext()).isEqualTo(hex(message, "plaintext"));
      assertThat(read.index()).isEqualTo(message.get("index").longValue());
    }
    for (JsonNode export : vector.path("exports")) {
      export(session, export, config);
    }
    if (vector.has("first_export")) {
      export(session, vector.get("first_export"), config);
    }
    for (JsonNode attempt : vector.path("attempts")) {
      if (attempt.at("/expect/result").textValue().equals("ok")) {
        assertThat(session.decrypt(decode(attempt)).plaintext())
            .isEqualTo(hex(attempt.get("expect"), "plaintext"));
        continue;
      }
      MegolmException error =
          catchThrowableOfType(MegolmException.class, () -> session.decrypt(decode(attempt)));
      assertThat(error).as(attempt.get("mutation").textValue()).isNotNull();
      Verdicts.assertMatches(attempt.get("expect"), error);
    }
  }

  private static void export(InboundGroupSession session, JsonNode export, SessionConfig config)
      throws Exception {
    long index = export.get("index").longValue();
    String text = export.get("session_key_export").textValue();
    assertThat(session.exportAt(index).toBase64()).as("export at %d", index).isEqualTo(text);
    InboundGroupSession imported =
        InboundGroupSession.importExported(ExportedSessionKey.fromBase64(text), config);
    assertThat(imported.firstKnownIndex()).isEqualTo(index);
    assertThat(imported.exportAtFirstKnownIndex().toBase64()).isEqualTo(text);
    assertThat(imported.isConnectedTo(session)).isTrue();
  }

  private static InboundGroupSession inbound(JsonNode keys, SessionConfig config)
      throws MegolmException {
    return keys.has("session_key")
        ? InboundGroupSession.fromSessionKey(
            SessionKey.fromBase64(keys.get("session_key").textValue()), config)
        : InboundGroupSession.importExported(
            ExportedSessionKey.fromBase64(keys.get("session_key_export").textValue()), config);
  }

  private static MegolmMessage decode(JsonNode message) throws Exception {
    return MegolmMessage.decode(Base64Text.decode(message.get("body").textValue()));
  }

  private static void keyAttempt(JsonNode attempt) throws Exception {
    String format = attempt.get("format").textValue();
    String text = attempt.get("key").textValue();
    JsonNode expect = attempt.get("expect");
    boolean takenUpstream = expect.get("result").textValue().equals("ok");
    if (format.equals("session_key_export") && takenUpstream && isTooLong(text)) {
      exportsHaveExactlyTheirLength_MEGOLM_KEYLEN_ours(text);
    } else if (takenUpstream) {
      assertThat(reread(format, text)).isEqualTo(text);
    } else {
      MegolmException error =
          catchThrowableOfType(MegolmException.class, () -> reread(format, text));
      Verdicts.assertMatches(expect, error);
    }
  }

  private static boolean isTooLong(String text) throws MalformedBase64Exception {
    return Base64Text.decode(text).length > ExportedSessionKey.BYTES;
  }

  /** vodozemac ignores what follows an export; we and libolm do not. */
  private static void exportsHaveExactlyTheirLength_MEGOLM_KEYLEN_ours(String text) {
    MegolmException.MalformedKey error =
        catchThrowableOfType(
            MegolmException.MalformedKey.class, () -> ExportedSessionKey.fromBase64(text));
    assertThat(error.defect()).isEqualTo(SessionKeyDefect.TOO_LONG);
  }

  private static String reread(String format, String text) throws MegolmException {
    return switch (format) {
      case "session_key" -> SessionKey.fromBase64(text).toBase64();
      case "session_key_export" -> ExportedSessionKey.fromBase64(text).toBase64();
      default -> fail("unknown format %s", format);
    };
  }

  private static void relations(JsonNode vector, SessionConfig config) throws Exception {
    Map<String, InboundGroupSession> sessions = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : vector.path("sessions").properties()) {
      sessions.put(entry.getKey(), inbound(entry.getValue(), config));
    }
    for (JsonNode relation : vector.path("relations")) {
      InboundGroupSession a = requireNonNull(sessions.get(relation.get("a").textValue()));
      InboundGroupSession b = requireNonNull(sessions.get(relation.get("b").textValue()));
      assertThat(a.compare(b))
          .as("%s", relation)
          .isEqualTo(SessionOrdering.valueOf(relation.get("order").textValue()));
      assertThat(a.isConnectedTo(b)).isEqualTo(relation.get("connected").booleanValue());
      assertThat(a.merge(b).isPresent()).isEqualTo(relation.get("connected").booleanValue());
    }
  }

  private static byte[] hex(JsonNode node, String member) {
    return HexFormat.of().parseHex(node.get(member).textValue());
  }
}

package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.encoding.Base64Text;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Damaged bytes for everything that reads bytes: a typed refusal, nothing changed, and the
 * undamaged original still works afterwards.
 */
class DecodersFuzzTest {
  private static final byte[] TEXT = {1, 2, 3};

  /** How often each outcome came up; each suite asserts that it saw both. */
  private final Map<String, Integer> outcomes = new HashMap<>();

  private void count(String outcome) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  @Test
  void normalMessages_OLM_COMMIT() {
    Cases.run(
        "fuzz-normal",
        400,
        4_000,
        (seed, random) -> {
          Pair pair = Pair.talking(seed % 5);
          pair.bob.decrypt(pair.alice.encrypt(TEXT));
          OlmMessage valid = pair.alice.encrypt(TEXT);
          for (int i = 0; i < 10; i++) {
            byte[] damaged = Mutations.of(valid.encode(), random);
            refuses(pair.bob, OlmMessage.TYPE_NORMAL, damaged, valid);
          }
          assertThat(pair.bob.decrypt(valid)).isEqualTo(TEXT);
        });
    assertThat(outcomes).containsKeys("malformed", "refused");
  }

  /**
   * Decrypting damaged bytes fails and changes nothing, unless they still spell the valid message.
   */
  private void refuses(Session session, int type, byte[] damaged, OlmMessage valid) {
    String before = States.of(session);
    try {
      OlmMessage message = OlmMessage.decode(type, damaged);
      if (inner(message).equals(inner(valid))) {
        count("same");
        return;
      }
      session.decrypt(message);
      throw new AssertionError("damaged bytes were read");
    } catch (OlmException e) {
      assertThat(States.of(session)).isEqualTo(before);
      count(e instanceof OlmException.Malformed ? "malformed" : "refused");
    }
  }

  private static String inner(OlmMessage message) {
    byte[] bytes =
        message instanceof PreKeyMessage preKey ? preKey.message().encode() : message.encode();
    return Base64Text.encode(bytes);
  }

  @Test
  void preKeyMessages_OLM_OTK_BURN() {
    Cases.run(
        "fuzz-prekey",
        200,
        2_000,
        (seed, random) -> {
          RandomSource source = ScriptedRandom.of(random);
          Account alice = Account.generate(source);
          Account bob = Account.generate(source);
          Session session =
              alice.createOutboundSession(
                  SessionConfig.V1, Pair.identity(bob), Pair.newOneTimeKey(bob));
          OlmMessage valid = session.encrypt(TEXT);
          String before = States.of(bob);
          for (int i = 0; i < 10; i++) {
            byte[] damaged = Mutations.of(valid.encode(), random);
            try {
              PreKeyMessage message =
                  (PreKeyMessage) OlmMessage.decode(OlmMessage.TYPE_PRE_KEY, damaged);
              assertThat(message.encode()).isEqualTo(reencode(message));
              if (Base64Text.encode(message.encode()).equals(Base64Text.encode(valid.encode()))) {
                count("same");
                continue;
              }
              bob.createInboundSession(message.identityKey(), message);
              throw new AssertionError("a damaged pre-key message started a session");
            } catch (OlmException e) {
              assertThat(States.of(bob)).isEqualTo(before);
              count(e instanceof OlmException.Malformed ? "malformed" : "refused");
            }
          }
          assertThat(
                  bob.createInboundSession(Pair.identity(alice), (PreKeyMessage) valid).plaintext())
              .isEqualTo(TEXT);
        });
    assertThat(outcomes).containsKeys("malformed", "refused", "same");
  }

  private static byte[] reencode(PreKeyMessage message) throws OlmException {
    return PreKeyMessage.decode(message.encode()).encode();
  }

  @Test
  void groupMessages_MEGOLM_SIG() {
    GroupSession owner = GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(1));
    InboundGroupSession reader =
        InboundGroupSession.fromSessionKey(owner.sessionKey(), SessionConfig.V1);
    MegolmMessage valid = owner.encrypt(TEXT);
    Cases.run(
        "fuzz-megolm",
        3_000,
        50_000,
        (seed, random) -> {
          byte[] damaged = Mutations.of(valid.encode(), random);
          try {
            MegolmMessage message = MegolmMessage.decode(damaged);
            if (Base64Text.encode(message.encode()).equals(Base64Text.encode(valid.encode()))) {
              count("same");
              return;
            }
            reader.decrypt(message);
            throw new AssertionError("damaged bytes were read");
          } catch (MegolmException e) {
            count(e instanceof MegolmException.Malformed ? "malformed" : "refused");
          }
        });
    assertThat(outcomes).containsKeys("malformed", "refused");
    assertThatReads(reader, valid);
  }

  private static void assertThatReads(InboundGroupSession reader, MegolmMessage valid) {
    try {
      assertThat(reader.decrypt(valid).plaintext()).isEqualTo(TEXT);
    } catch (MegolmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sessionKeys_MEGOLM_KEYSIG() throws Exception {
    GroupSession owner = GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(1));
    String key = owner.sessionKey().toBase64();
    byte[] valid = Base64Text.decode(key);
    Cases.run(
        "fuzz-session-key",
        2_000,
        30_000,
        (seed, random) -> {
          String text = damagedText(valid, random);
          try {
            assertThat(SessionKey.fromBase64(text).toBase64()).isEqualTo(key);
            count("same");
          } catch (MegolmException.MalformedKey e) {
            count(e.defect().name());
          }
          try {
            assertThat(ExportedSessionKey.fromBase64(text).toBase64()).isEqualTo(text);
            count("export");
          } catch (MegolmException.MalformedKey e) {
            count("no export");
          }
        });
    assertThat(outcomes)
        .containsKeys("BASE64", "UNSUPPORTED_VERSION", "TOO_SHORT", "TOO_LONG", "BAD_SIGNATURE");
    assertThat(SessionKey.fromBase64(key).toBase64()).isEqualTo(key);
  }

  private static String damagedText(byte[] valid, SplittableRandom random) {
    StringBuilder text = new StringBuilder(Base64Text.encode(Mutations.of(valid, random)));
    if (random.nextInt(4) == 0 && text.length() > 0) {
      text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(0x250));
    }
    return text.toString();
  }

  @Test
  void sealedStates_SEAL_AUTH() throws Exception {
    byte[] sealed = GoldenStates.session().seal(GoldenStates.KEY, GoldenStates.salt());
    byte[] content = SealedState.open(GoldenStates.KEY, StateKind.SESSION, sealed);
    Cases.run(
        "fuzz-state",
        2_000,
        30_000,
        (seed, random) -> {
          boolean inside = random.nextBoolean();
          byte[] damaged =
              inside
                  ? SealedState.seal(
                      GoldenStates.KEY,
                      GoldenStates.salt(),
                      StateKind.SESSION,
                      Mutations.of(content, random))
                  : Mutations.of(sealed, random);
          try {
            Session.unseal(GoldenStates.KEY, damaged);
            assertThat(inside || java.util.Arrays.equals(damaged, sealed)).isTrue();
            count("read");
          } catch (SealedStateException e) {
            count(e.getClass().getSimpleName());
          }
        });
    assertThat(outcomes)
        .containsKeys("read", "Malformed", "NotAuthentic", "UnsupportedVersion", "WrongKind");
  }

  @Test
  void keysAndSignatures_PUB_LEN() {
    Cases.run(
        "fuzz-keys",
        3_000,
        30_000,
        (seed, random) -> {
          String text = damagedText(new byte[random.nextBoolean() ? 32 : 64], random);
          keyText(() -> Curve25519PublicKey.fromBase64(text).toBase64(), text);
          keyText(() -> Ed25519PublicKey.fromBase64(text).toBase64(), text);
          keyText(() -> Ed25519Signature.fromBase64(text).toBase64(), text);
        });
    assertThat(outcomes).containsKeys("read", "BASE64", "LENGTH", "NOT_A_POINT");
  }

  private interface Reader {
    String reread() throws KeyFormatException;
  }

  private void keyText(Reader reader, String text) {
    try {
      assertThat(reader.reread()).isEqualTo(text.replace("=", ""));
      count("read");
    } catch (KeyFormatException e) {
      count(e.reason().name());
    }
  }
}

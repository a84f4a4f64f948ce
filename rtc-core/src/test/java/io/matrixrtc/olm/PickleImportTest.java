package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.encoding.Base64Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Imported accounts, and what is refused instead of imported. */
class PickleImportTest {
  private static final List<String> KINDS =
      List.of("accounts", "sessions", "outbound_group_sessions", "inbound_group_sessions");

  private static String pickle(JsonNode recorded) {
    return recorded.path("pickle").textValue();
  }

  private static Stream<DynamicTest> accounts(AccountCheck check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Pickles library : Pickles.values()) {
      for (JsonNode recorded : library.all("accounts")) {
        tests.add(
            dynamicTest(
                library + ", " + recorded.path("name").textValue(),
                () -> check.run(recorded, library.account(recorded, ScriptedRandom.seeded(7)))));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(10);
    return tests.stream();
  }

  @FunctionalInterface
  private interface AccountCheck {
    void run(JsonNode recorded, Account account) throws Exception;
  }

  @TestFactory
  Stream<DynamicTest> accountsKeepTheirIdentity() {
    return accounts(
        (recorded, account) -> {
          JsonNode keys = recorded.path("identity_keys");
          assertThat(account.identityKeys().curve25519().toBase64())
              .isEqualTo(keys.path("curve25519").textValue());
          assertThat(account.identityKeys().ed25519().toBase64())
              .isEqualTo(keys.path("ed25519").textValue());
          JsonNode signed = recorded.path("signature");
          assertThat(account.sign(signed.path("message").textValue().getBytes(UTF_8)).toBase64())
              .isEqualTo(signed.path("signature").textValue());
        });
  }

  @TestFactory
  Stream<DynamicTest> accountsKeepTheirKeysAndWhatWasPublished() {
    return accounts(
        (recorded, account) -> {
          assertThat(account.storedOneTimeKeyCount())
              .isEqualTo(recorded.path("stored_one_time_keys").intValue());
          assertThat(texts(account.unpublishedOneTimeKeys()))
              .containsExactlyInAnyOrderElementsOf(
                  texts(recorded.path("unpublished_one_time_keys")));
          assertThat(texts(account.unpublishedFallbackKey()))
              .containsExactlyInAnyOrderElementsOf(
                  texts(recorded.path("unpublished_fallback_keys")));
          JsonNode fallbackKeys = recorded.path("fallback_keys");
          if (!fallbackKeys.isEmpty()) {
            assertThat(
                    Objects.requireNonNull(account.fallbackKeys().current())
                        .key()
                        .publicKey()
                        .toBase64())
                .isEqualTo(fallbackKeys.get(fallbackKeys.size() - 1).textValue());
            assertThat(account.forgetFallbackKey()).isEqualTo(fallbackKeys.size() == 2);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Pickles.class)
  void withoutFallbackKeyTheLastOneTimeKeyIsKept_B41(Pickles library) throws Exception {
    JsonNode recorded = library.named("accounts", "no fallback key, one one-time key");
    Account account = library.account(recorded, ScriptedRandom.seeded(7));
    assertThat(account.fallbackKeys().current()).isNull();
    assertThat(account.fallbackKeys().previous()).isNull();
    assertThat(account.storedOneTimeKeyCount()).isEqualTo(1);
    assertThat(texts(account.unpublishedOneTimeKeys()))
        .containsExactlyElementsOf(texts(recorded.path("unpublished_one_time_keys")));
    JsonNode first = recorded.path("first_messages").get(0);
    assertThat(opened(account, first)).isEqualTo(first.path("plaintext").textValue());
    assertThat(account.storedOneTimeKeyCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Pickles.class)
  void bothFallbackKeysAreLoaded_B44(Pickles library) throws Exception {
    JsonNode recorded = library.named("accounts", "two fallback keys");
    Account account = library.account(recorded, ScriptedRandom.seeded(7));
    List<String> loaded = new ArrayList<>();
    for (FallbackKeys.Entry entry :
        new FallbackKeys.Entry[] {
          account.fallbackKeys().previous(), account.fallbackKeys().current()
        }) {
      loaded.add(Objects.requireNonNull(entry).key().publicKey().toBase64());
    }
    assertThat(loaded).isEqualTo(texts(recorded.path("fallback_keys"))).hasSize(2);
    int read = 0;
    for (JsonNode first : recorded.path("first_messages")) {
      byte[] body = Base64Text.decode(first.path("body").textValue());
      boolean isForFallback = loaded.contains(PreKeyMessage.decode(body).oneTimeKey().toBase64());
      for (int time = 0; isForFallback && time < 2; time++) { // a fallback key is not used up
        assertThat(opened(account, first)).isEqualTo(first.path("plaintext").textValue());
        read++;
      }
    }
    assertThat(read).isEqualTo(4);
  }

  private static String opened(Account account, JsonNode first) throws Exception {
    return new String(
        account
            .createInboundSession(
                Curve25519PublicKey.fromBase64(first.path("sender_key").textValue()),
                PreKeyMessage.decode(Base64Text.decode(first.path("body").textValue())))
            .plaintext(),
        UTF_8);
  }

  private static List<String> texts(Map<String, Curve25519PublicKey> keys) {
    return keys.values().stream().map(Curve25519PublicKey::toBase64).toList();
  }

  private static List<String> texts(JsonNode keys) {
    List<String> texts = new ArrayList<>();
    keys.forEach(key -> texts.add(key.textValue()));
    return texts;
  }

  @TestFactory
  Stream<DynamicTest> accountsReadWhatWasSentToTheirKeys() {
    return accounts(
        (recorded, account) -> {
          int before = account.storedOneTimeKeyCount();
          int fallbackKeys = recorded.path("fallback_keys").size();
          for (JsonNode first : recorded.path("first_messages")) {
            PreKeyMessage message =
                PreKeyMessage.decode(Base64Text.decode(first.path("body").textValue()));
            InboundCreation started =
                account.createInboundSession(
                    Curve25519PublicKey.fromBase64(first.path("sender_key").textValue()), message);
            assertThat(new String(started.plaintext(), UTF_8))
                .isEqualTo(first.path("plaintext").textValue());
          }
          int usedUp = recorded.path("first_messages").size() - fallbackKeys;
          assertThat(account.storedOneTimeKeyCount()).isEqualTo(before - usedUp);
        });
  }

  @TestFactory
  Stream<DynamicTest> newKeysNeverHaveAnIdThatWasGivenOut_PICKLE_KEY_ID() {
    return accounts(
        (recorded, account) -> {
          TreeSet<Long> old = new TreeSet<>(account.oneTimeKeys().all().keySet());
          for (FallbackKeys.Entry entry :
              new FallbackKeys.Entry[] {
                account.fallbackKeys().current(), account.fallbackKeys().previous()
              }) {
            if (entry != null) {
              old.add(entry.id());
            }
          }
          account.markKeysAsPublished();
          account.generateOneTimeKeys(3);
          account.generateFallbackKey();
          TreeSet<Long> fresh = new TreeSet<>(account.oneTimeKeys().unpublished().keySet());
          assertThat(fresh).hasSize(3);
          fresh.add(Objects.requireNonNull(account.fallbackKeys().current()).id());
          assertThat(fresh).hasSize(4);
          if (!old.isEmpty()) {
            assertThat(fresh.first()).isGreaterThan(old.last());
          }
          assertThat(account.nextKeyId()).isGreaterThan(fresh.last());
        });
  }

  @Test
  void theCounterOfThePickleCountsAsWell_PICKLE_KEY_ID() throws Exception {
    JsonNode recorded = Pickles.VODOZEMAC.named("accounts", "nothing but its identity");
    String json = new String(Pickles.VODOZEMAC.content(pickle(recorded)), UTF_8);
    String used = json.replace("\"next_key_id\":0", "\"next_key_id\":77");
    assertThat(used).isNotEqualTo(json);
    assertThat(vodozemacAccount(used).nextKeyId()).isEqualTo(77);
    String fallback = json.replace("\"key_id\":0", "\"key_id\":78");
    assertThat(fallback).isNotEqualTo(json);
    assertThat(vodozemacAccount(fallback).nextKeyId()).isEqualTo(78);
    String usedUp = json.replace("\"next_key_id\":0", "\"next_key_id\":9223372036854775808");
    assertMalformed(() -> vodozemacAccount(usedUp));
  }

  private static Account vodozemacAccount(String json) throws PickleException {
    return VodozemacPickle.ofJson(json.getBytes(UTF_8)).toAccount(ScriptedRandom.seeded(1));
  }

  @TestFactory
  Stream<DynamicTest> accountsAreStoredAndLoaded() {
    return accounts(
        (recorded, account) -> {
          byte[] sealed = account.seal(GoldenStates.KEY, GoldenStates.salt());
          Account loaded = Account.unseal(GoldenStates.KEY, sealed);
          assertThat(States.of(loaded)).isEqualTo(States.of(account));
          assertThat(loaded.seal(GoldenStates.KEY, GoldenStates.salt())).isEqualTo(sealed);
        });
  }

  @ParameterizedTest
  @EnumSource(Pickles.class)
  void anAccountOfLibolmNeedsItsSeed_PICKLE_SEED(Pickles library) throws Exception {
    String name = library == Pickles.LIBOLM ? "two fallback keys" : "from libolm";
    JsonNode recorded = library.named("accounts", name);
    RandomSource random = ScriptedRandom.seeded(1);
    PickleException.SigningSeedMissing error =
        catchThrowableOfType(
            PickleException.SigningSeedMissing.class,
            () -> library.account(pickle(recorded), library.key(), random));
    assertThat(error.signingKey().toBase64())
        .isEqualTo(recorded.path("identity_keys").path("ed25519").textValue());
    assertThat(error).hasMessageContaining("32-byte seed").hasMessageContaining("new device");
    byte[] seed = Pickles.seed(recorded);
    for (byte[] wrong : List.of(new byte[32], new byte[0], java.util.Arrays.copyOf(seed, 33))) {
      assertThatExceptionOfType(PickleException.WrongSigningSeed.class)
          .isThrownBy(() -> library.account(pickle(recorded), library.key(), wrong, random));
    }
    library.account(pickle(recorded), library.key(), seed, random).close();
  }

  @Test
  void aSeedGivenWithoutNeedMustMatchAsWell_PICKLE_SEED() throws Exception {
    Pickles library = Pickles.VODOZEMAC;
    JsonNode recorded = library.named("accounts", "one fallback key");
    RandomSource random = ScriptedRandom.seeded(1);
    Account account = library.account(recorded, random);
    byte[] seed = account.signingKey().copySeed();
    assertThat(States.of(library.account(pickle(recorded), library.key(), seed, random)))
        .isEqualTo(States.of(account));
    seed[0] ^= 1;
    assertThatExceptionOfType(PickleException.WrongSigningSeed.class)
        .isThrownBy(() -> library.account(pickle(recorded), library.key(), seed, random));
  }

  @ParameterizedTest
  @EnumSource(Pickles.class)
  void anotherKeyOpensNothing_PICKLE_AUTH(Pickles library) throws Exception {
    byte[] other = library.key();
    other[other.length - 1] ^= 1;
    for (String kind : KINDS) {
      for (JsonNode recorded : library.all(kind)) {
        assertThatExceptionOfType(PickleException.NotAuthentic.class)
            .isThrownBy(() -> library.load(kind, pickle(recorded), other));
        library.load(kind, pickle(recorded), library.key());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Pickles.class)
  void everyChangedOrMissingCharacterIsNoticed_PICKLE_AUTH(Pickles library) throws Exception {
    for (String kind : KINDS) {
      String whole = pickle(library.all(kind).get(0));
      for (int at = 0; at < whole.length(); at++) {
        char changed = whole.charAt(at) == 'A' ? 'B' : 'A';
        String altered = whole.substring(0, at) + changed + whole.substring(at + 1);
        assertThatExceptionOfType(PickleException.class)
            .isThrownBy(() -> library.load(kind, altered, library.key()))
            .isInstanceOfAny(PickleException.NotAuthentic.class, PickleException.Malformed.class);
        String cut = whole.substring(0, at);
        assertThatExceptionOfType(PickleException.class)
            .isThrownBy(() -> library.load(kind, cut, library.key()))
            .isInstanceOfAny(PickleException.NotAuthentic.class, PickleException.Malformed.class);
      }
      library.load(kind, whole, library.key());
    }
  }

  @Test
  void textThatIsNoPickleIsMalformed() {
    for (String text : List.of("", "AAAA", "AAAAAAAAAAA", "*", "A".repeat(8 * 1024 * 1024 + 4))) {
      assertMalformed(() -> LibolmPickle.open(text, new byte[0]));
      assertMalformed(() -> VodozemacPickle.open(text, new byte[32]));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VodozemacPickle.open("AAAA", new byte[31]));
  }

  @Test
  void textsAndContentsAreBounded_PICKLE_LIMIT() {
    String longest = "A".repeat(PickleEnvelope.MAX_CHARACTERS);
    assertThatExceptionOfType(PickleException.NotAuthentic.class)
        .isThrownBy(() -> LibolmPickle.open(longest, new byte[0]));
    PickleException.Malformed longer =
        catchThrowableOfType(
            PickleException.Malformed.class, () -> LibolmPickle.open(longest + "A", new byte[0]));
    assertThat(longer).hasMessageContaining("8388608");
    byte[] content = new byte[PickleEnvelope.MAX_CHARACTERS + 1];
    PickleException.Malformed bigger =
        catchThrowableOfType(
            PickleException.Malformed.class, () -> VodozemacPickle.ofJson(content));
    assertThat(bigger).hasMessageContaining("8388608");
  }

  @ParameterizedTest
  @EnumSource(Pickles.class)
  void aPickleOfAnotherKindIsRefused(Pickles library) {
    for (String kind : KINDS) {
      for (String other : KINDS) {
        if (!kind.equals(other)) {
          String pickle = pickle(library.all(kind).get(0));
          assertThatExceptionOfType(PickleException.class)
              .as("%s as %s", kind, other)
              .isThrownBy(() -> library.load(other, pickle, library.key()))
              .isInstanceOfAny(
                  PickleException.UnsupportedVersion.class, PickleException.Malformed.class);
        }
      }
    }
  }

  @Test
  void otherVersionsOfLibolmAreNamed_PICKLE_VER() throws Exception {
    for (String kind : KINDS) {
      byte[] content = Pickles.LIBOLM.content(pickle(Pickles.LIBOLM.all(kind).get(0)));
      content[0] = (byte) 0x80;
      content[3] = 9;
      String newer = Pickles.LIBOLM.sealed(content);
      PickleException.UnsupportedVersion error =
          catchThrowableOfType(
              PickleException.UnsupportedVersion.class,
              () -> Pickles.LIBOLM.load(kind, newer, Pickles.LIBOLM.key()));
      assertThat(error.version()).isEqualTo(0x80000009L);
    }
  }

  @Test
  void authenticNonsenseIsMalformed_PICKLE_CONTENT() throws Exception {
    Pickles library = Pickles.LIBOLM;
    for (String kind : KINDS) {
      byte[] content = library.content(pickle(library.all(kind).get(0)));
      for (int length = 0; length < content.length; length++) {
        String cut = library.sealed(java.util.Arrays.copyOf(content, length));
        assertMalformed(() -> library.load(kind, cut, library.key()));
      }
      String longer = library.sealed(java.util.Arrays.copyOf(content, content.length + 1));
      assertMalformed(() -> library.load(kind, longer, library.key()));
      library.load(kind, library.sealed(content), library.key());
    }
  }

  @Test
  void keysThatDoNotBelongTogetherAreRefused_PICKLE_CONTENT() throws Exception {
    Pickles library = Pickles.LIBOLM;
    byte[] account = library.content(pickle(library.named("accounts", "two fallback keys")));
    int[] publicKeys = {4, 4 + 32 + 64, 4 + 32 + 64 + 64 + 4 + 5};
    for (int at : publicKeys) {
      byte[] changed = account.clone();
      changed[at] ^= 2;
      assertMalformed(() -> library.load("accounts", library.sealed(changed), library.key()));
    }
    byte[] unclamped = account.clone();
    unclamped[4 + 32] ^= 1;
    assertMalformed(() -> library.load("accounts", library.sealed(unclamped), library.key()));
    byte[] flag = account.clone();
    flag[4 + 32 + 64 + 64 + 4 + 4] = 2;
    assertMalformed(() -> library.load("accounts", library.sealed(flag), library.key()));
    library.load("accounts", library.sealed(account), library.key());
  }

  @Test
  void oneTimeKeysAreHeldOnce_PICKLE_CONTENT() throws Exception {
    Pickles library = Pickles.VODOZEMAC;
    JsonNode recorded = library.named("accounts", "no fallback key, one one-time key");
    String json = new String(library.content(pickle(recorded)), UTF_8);
    int from = json.indexOf("\"0\":[", json.indexOf("private_keys")) + 4;
    String key = json.substring(from, json.indexOf(']', from) + 1);
    String twice = json.replace("\"0\":" + key, "\"0\":" + key + ",\"1\":" + key);
    assertThat(twice).isNotEqualTo(json);
    assertMalformed(() -> vodozemacAccount(twice));
    String sameNumber =
        json.replace(
            "\"0\":" + key, "\"0\":" + key + ",\"00\":[9" + key.substring(key.indexOf(',')));
    assertMalformed(() -> vodozemacAccount(sameNumber));
    String wrongPublic = json.replaceFirst("(\"public_keys\":\\{\"0\":\\[)\\d+", "$1" + "0");
    assertThat(wrongPublic).isNotEqualTo(json);
    assertMalformed(() -> vodozemacAccount(wrongPublic));
    String badId = json.replace("\"0\":", "\"x\":");
    assertMalformed(() -> vodozemacAccount(badId));
    vodozemacAccount(json).close();
  }

  @Test
  void aMissingConfigurationIsVersion1_PICKLE_CONFIG() throws Exception {
    Pickles library = Pickles.VODOZEMAC;
    for (String kind : KINDS.subList(1, 4)) {
      JsonNode recorded = library.all(kind).get(0);
      String json = new String(library.content(pickle(recorded)), UTF_8);
      String old = json.replace(",\"config\":{\"version\":\"V1\"}", "");
      assertThat(old).isNotEqualTo(json);
      library.load(kind, library.sealed(old), library.key());
      String unknown = json.replace("\"V1\"", "\"V3\"");
      assertMalformed(() -> library.load(kind, library.sealed(unknown), library.key()));
    }
    String old =
        new String(library.content(pickle(library.all("sessions").get(0))), UTF_8)
            .replaceAll(",\"config\".*}}", "}");
    assertThat(
            library.session(library.sealed(old), library.key(), ScriptedRandom.seeded(1)).config())
        .isEqualTo(SessionConfig.V1);
  }

  @Test
  void theLatestRatchetKeyDecidesWhichChainIsNewest_PICKLE_CHAINS() throws Exception {
    Pickles library = Pickles.VODOZEMAC;
    JsonNode recorded = library.named("sessions", "from libolm: forty skipped messages");
    Session session = library.session(pickle(recorded), library.key(), ScriptedRandom.seeded(1));
    JsonNode original = Pickles.LIBOLM.named("sessions", "forty skipped messages");
    Session direct =
        Pickles.LIBOLM.session(pickle(original), Pickles.LIBOLM.key(), ScriptedRandom.seeded(1));
    assertThat(session.receiving().newest().ratchetKey())
        .isEqualTo(direct.receiving().newest().ratchetKey());
    assertThat(States.skipped(session)).isEqualTo(States.skipped(direct)).hasSize(40);
    assertThat(session.receiving().all()).hasSize(5);
    String lost =
        new String(library.content(pickle(recorded)), UTF_8)
            .replaceFirst("(\"ratchet_key\":\\[)\\d+,", "$10,");
    assertMalformed(
        () -> VodozemacPickle.ofJson(lost.getBytes(UTF_8)).toSession(ScriptedRandom.seeded(1)));
  }

  @Test
  void listsAreBounded_PICKLE_LIMIT() throws Exception {
    Pickles library = Pickles.VODOZEMAC;
    JsonNode recorded = library.named("sessions", "five receiving chains with skipped messages");
    String json = new String(library.content(pickle(recorded)), UTF_8);
    int from = json.indexOf("\"receiving_chains\":{\"inner\":[") + 29;
    String sixth =
        json.substring(0, from)
            + json.substring(from, json.indexOf("},{\"ratchet_key\"", from) + 2)
            + json.substring(from);
    assertMalformed(() -> library.load("sessions", library.sealed(sixth), library.key()));
    byte[] counter = "\"counter\":4294967295}".getBytes(UTF_8);
    String group =
        new String(library.content(pickle(library.all("outbound_group_sessions").get(0))), UTF_8);
    String last = group.replace("\"counter\":0}", new String(counter, UTF_8));
    assertThat(library.groupSession(library.sealed(last), library.key()).messageIndex())
        .isEqualTo(4294967295L);
    String beyond = group.replace("\"counter\":0}", "\"counter\":4294967296}");
    assertMalformed(() -> library.groupSession(library.sealed(beyond), library.key()));
  }

  @Test
  void theCountsOfLibolmAreBounded_PICKLE_LIMIT() throws Exception {
    Pickles library = Pickles.LIBOLM;
    byte[] session =
        library.content(pickle(library.named("sessions", "outbound, nothing received yet")));
    int senderChains = 4 + 1 + 3 * 32 + 32;
    byte[] twoSenders = session.clone();
    twoSenders[senderChains + 3] = 2;
    assertMalformed(() -> library.load("sessions", library.sealed(twoSenders), library.key()));
    int receiverChains = senderChains + 4 + 32 + 32 + 32 + 4;
    byte[] sixChains = session.clone();
    sixChains[receiverChains + 3] = 6;
    byte[] roomy = java.util.Arrays.copyOf(sixChains, 4000);
    PickleException.Malformed error =
        catchThrowableOfType(
            PickleException.Malformed.class,
            () -> library.load("sessions", library.sealed(roomy), library.key()));
    assertThat(error).hasMessageContaining("count over 5");
    byte[] huge = session.clone();
    huge[receiverChains + 4] = (byte) 0xFF;
    assertMalformed(() -> library.load("sessions", library.sealed(huge), library.key()));
    byte[] noChain = java.util.Arrays.copyOf(session, senderChains + 4 + 4 + 4);
    noChain[senderChains + 3] = 0;
    java.util.Arrays.fill(noChain, senderChains + 4, noChain.length, (byte) 0);
    PickleException.Malformed none =
        catchThrowableOfType(
            PickleException.Malformed.class,
            () -> library.load("sessions", library.sealed(noChain), library.key()));
    assertThat(none).hasMessageContaining("without a chain");
    library.load("sessions", library.sealed(session), library.key());
  }

  @Test
  void picklesWipeAndShowNothing() throws Exception {
    for (Pickles library : Pickles.values()) {
      String pickle = pickle(library.all("sessions").get(0));
      AutoCloseable opened =
          library == Pickles.LIBOLM
              ? LibolmPickle.open(pickle, library.key())
              : VodozemacPickle.open(pickle, library.key());
      assertThat(opened.toString()).hasSizeLessThan(120);
      opened.close();
      assertThatExceptionOfType(IllegalStateException.class)
          .as("a closed pickle of " + library)
          .isThrownBy(
              () -> {
                if (opened instanceof LibolmPickle closed) {
                  closed.toSession(ScriptedRandom.seeded(1));
                } else {
                  ((VodozemacPickle) opened).toSession(ScriptedRandom.seeded(1));
                }
              });
    }
  }

  private static void assertMalformed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(PickleException.Malformed.class).isThrownBy(call);
  }
}

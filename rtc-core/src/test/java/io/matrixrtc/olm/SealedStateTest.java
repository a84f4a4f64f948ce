package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.encoding.Base64Text;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stored states: what was saved is what is loaded, and nothing else is. */
class SealedStateTest {
  private static final StateKey KEY = GoldenStates.KEY;

  private static byte[] sealed(StateKind kind) throws Exception {
    RandomSource salt = GoldenStates.salt();
    return switch (kind) {
      case ACCOUNT -> GoldenStates.account().seal(KEY, salt);
      case SESSION -> GoldenStates.session().seal(KEY, salt);
      case GROUP_SESSION -> GoldenStates.groupSession().seal(KEY, salt);
      case INBOUND_GROUP_SESSION -> GoldenStates.inboundGroupSession().seal(KEY, salt);
    };
  }

  /** Loads a state and seals it again with the same salt. */
  private static byte[] reseal(StateKind kind, StateKey key, byte[] sealed) throws Exception {
    RandomSource salt = GoldenStates.salt();
    return switch (kind) {
      case ACCOUNT -> Account.unseal(key, sealed).seal(key, salt);
      case SESSION -> Session.unseal(key, sealed).seal(key, salt);
      case GROUP_SESSION -> GroupSession.unseal(key, sealed).seal(key, salt);
      case INBOUND_GROUP_SESSION -> InboundGroupSession.unseal(key, sealed).seal(key, salt);
    };
  }

  private static byte[] golden(StateKind kind) throws Exception {
    String name = "/golden/olm/" + kind.name().toLowerCase(java.util.Locale.ROOT) + "-v1.txt";
    try (InputStream in = Objects.requireNonNull(SealedStateTest.class.getResourceAsStream(name))) {
      return Base64Text.decode(new String(in.readAllBytes(), US_ASCII).replaceAll("\\s", ""));
    }
  }

  @ParameterizedTest
  @EnumSource(StateKind.class)
  void statesOfVersion1StayReadable_SEAL_VER(StateKind kind) throws Exception {
    assertThat(reseal(kind, KEY, golden(kind))).isEqualTo(golden(kind));
    assertThat(sealed(kind)).as("the state as it is made now").isEqualTo(golden(kind));
  }

  @Test
  void loadedStatesHoldTheSame() throws Exception {
    assertThat(States.of(Account.unseal(KEY, sealed(StateKind.ACCOUNT))))
        .isEqualTo(States.of(GoldenStates.account()))
        .contains("?", "!", "current 4?", "previous 2!", "next 5");
    assertThat(States.of(Session.unseal(KEY, sealed(StateKind.SESSION))))
        .isEqualTo(States.of(GoldenStates.session()))
        .doesNotContain("send none");
    assertThat(GoldenStates.session().receiving().all()).hasSize(2);
    assertThat(States.skipped(GoldenStates.session())).hasSize(4);
  }

  @Test
  void accountsKeepNoneOneOrTwoFallbackKeys_B45() throws Exception {
    Account account = Account.generate(new java.util.Random(45)::nextBytes);
    for (String kept :
        new String[] {"current none previous none", "previous none", "previous 0?"}) {
      Account loaded = Account.unseal(KEY, account.seal(KEY, GoldenStates.salt()));
      assertThat(States.of(loaded)).isEqualTo(States.of(account)).contains(kept);
      account.generateFallbackKey();
    }
  }

  @Test
  void loadedGroupSessionsGoOnAtTheSameIndex() throws Exception {
    GroupSession owner = GoldenStates.groupSession();
    GroupSession loaded = GroupSession.unseal(KEY, owner.seal(KEY, GoldenStates.salt()));
    assertThat(loaded.messageIndex()).isEqualTo(1);
    assertThat(loaded.encrypt(new byte[] {5}).encode())
        .isEqualTo(owner.encrypt(new byte[] {5}).encode());
    InboundGroupSession reader =
        InboundGroupSession.unseal(KEY, sealed(StateKind.INBOUND_GROUP_SESSION));
    assertThat(reader.firstKnownIndex()).isEqualTo(1);
    assertThat(reader.isVerified()).isTrue();
    assertThat(reader.compare(GoldenStates.inboundGroupSession())).isEqualTo(SessionOrdering.EQUAL);
  }

  @ParameterizedTest
  @EnumSource(StateKind.class)
  void anotherKeyOpensNothing_SEAL_AUTH(StateKind kind) throws Exception {
    byte[] sealed = sealed(kind);
    StateKey other = StateKey.copyOf(GoldenStates.bytes(0x4C, StateKey.BYTES));
    assertThatExceptionOfType(SealedStateException.NotAuthentic.class)
        .isThrownBy(() -> reseal(kind, other, sealed));
    reseal(kind, KEY, sealed);
  }

  @ParameterizedTest
  @EnumSource(StateKind.class)
  void everyChangedBitIsNoticed_SEAL_AUTH(StateKind kind) throws Exception {
    byte[] sealed = sealed(kind);
    for (int at = 0; at < sealed.length; at++) {
      byte[] altered = sealed.clone();
      altered[at] ^= (byte) (1 << at % 8);
      SealedStateException error =
          catchThrowableOfType(SealedStateException.class, () -> reseal(kind, KEY, altered));
      assertThat(error)
          .as("byte %d", at)
          .isInstanceOf(
              at == 0
                  ? SealedStateException.UnsupportedVersion.class
                  : at == 1
                      ? SealedStateException.WrongKind.class
                      : SealedStateException.NotAuthentic.class);
    }
  }

  @ParameterizedTest
  @EnumSource(StateKind.class)
  void everyMissingByteIsNoticed(StateKind kind) throws Exception {
    byte[] sealed = sealed(kind);
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatExceptionOfType(SealedStateException.class)
          .isThrownBy(() -> reseal(kind, KEY, cut));
    }
    byte[] longer = Arrays.copyOf(sealed, sealed.length + 1);
    assertThatExceptionOfType(SealedStateException.NotAuthentic.class)
        .isThrownBy(() -> reseal(kind, KEY, longer));
  }

  @ParameterizedTest
  @EnumSource(StateKind.class)
  void aStatePassesForNoOtherKind_SEAL_KIND(StateKind kind) throws Exception {
    byte[] sealed = sealed(kind);
    for (StateKind other : StateKind.values()) {
      if (other != kind) {
        SealedStateException.WrongKind error =
            catchThrowableOfType(
                SealedStateException.WrongKind.class, () -> reseal(other, KEY, sealed));
        assertThat(error.expected()).isEqualTo(other);
        byte[] relabelled = sealed.clone();
        relabelled[1] = (byte) other.number();
        assertThatExceptionOfType(SealedStateException.NotAuthentic.class)
            .isThrownBy(() -> reseal(other, KEY, relabelled));
      }
    }
    reseal(kind, KEY, sealed);
  }

  @Test
  void newerVersionsAreNamed_SEAL_VER() throws Exception {
    byte[] sealed = sealed(StateKind.SESSION);
    sealed[0] = (byte) 200;
    SealedStateException.UnsupportedVersion error =
        catchThrowableOfType(
            SealedStateException.UnsupportedVersion.class, () -> Session.unseal(KEY, sealed));
    assertThat(error.version()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(StateKind.class)
  void authenticNonsenseIsMalformed_SEAL_CONTENT(StateKind kind) throws Exception {
    byte[] content = SealedState.open(KEY, kind, sealed(kind));
    for (int length = 0; length < content.length; length++) {
      assertMalformed(kind, Arrays.copyOf(content, length));
    }
    assertMalformed(kind, Arrays.copyOf(content, content.length + 1));
    assertMalformed(kind, GoldenStates.bytes(0xFF, content.length));
    byte[] again = SealedState.seal(KEY, GoldenStates.salt(), kind, content.clone());
    assertThat(reseal(kind, KEY, again)).isEqualTo(sealed(kind));
  }

  private static void assertMalformed(StateKind kind, byte[] content) {
    byte[] sealed = SealedState.seal(KEY, GoldenStates.salt(), kind, content);
    assertThatExceptionOfType(SealedStateException.Malformed.class)
        .isThrownBy(() -> reseal(kind, KEY, sealed));
  }

  @Test
  void equalStatesAreSealedDifferently() {
    Account account = GoldenStates.account();
    RandomSource random = ScriptedRandom.seeded(1);
    assertThat(account.seal(KEY, random)).isNotEqualTo(account.seal(KEY, random));
  }

  @Test
  void stateKeysHave32BytesAndWipeThemselves() {
    assertThatIllegalArgumentException().isThrownBy(() -> StateKey.copyOf(new byte[31]));
    assertThatIllegalArgumentException().isThrownBy(() -> StateKey.copyOf(new byte[33]));
    StateKey key = StateKey.copyOf(GoldenStates.bytes(7, 32));
    assertThat(key.copySecret()).containsOnly(7);
    key.close();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(key::copySecret);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> GoldenStates.account().seal(key, GoldenStates.salt()));
  }
}

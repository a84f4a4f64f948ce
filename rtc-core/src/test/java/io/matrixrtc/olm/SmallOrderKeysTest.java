package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that nothing secret can be agreed with, in every place where a peer can put one. */
class SmallOrderKeysTest {
  private static final String ORDER_EIGHT =
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";

  private final Account alice = Account.generate(ScriptedRandom.seeded(1));
  private final Account bob = Account.generate(ScriptedRandom.seeded(2));

  private static Curve25519PublicKey key(String hex) throws KeyFormatException {
    return Curve25519PublicKey.of(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        ORDER_EIGHT
      })
  void noSessionStartsWithOne_X25519_ZERO(String hex) throws Exception {
    Curve25519PublicKey good = Pair.newOneTimeKey(bob);
    String before = States.of(alice);
    assertThatExceptionOfType(OlmException.NonContributory.class)
        .isThrownBy(() -> alice.createOutboundSession(SessionConfig.V1, key(hex), good));
    assertThatExceptionOfType(OlmException.NonContributory.class)
        .isThrownBy(
            () -> alice.createOutboundSession(SessionConfig.V1, Pair.identity(bob), key(hex)));
    assertThat(States.of(alice)).isEqualTo(before);
    alice.createOutboundSession(SessionConfig.V1, Pair.identity(bob), good);
  }

  @Test
  void noSessionIsAcceptedWithOne_X25519_ZERO() throws Exception {
    Curve25519PublicKey oneTimeKey = Pair.newOneTimeKey(bob);
    Session session = alice.createOutboundSession(SessionConfig.V1, Pair.identity(bob), oneTimeKey);
    PreKeyMessage real = (PreKeyMessage) session.encrypt(new byte[] {7});
    Curve25519PublicKey bad = key(ORDER_EIGHT);
    PreKeyMessage badBase =
        new PreKeyMessage(new SessionKeys(Pair.identity(alice), bad, oneTimeKey), real.message());
    PreKeyMessage badIdentity =
        new PreKeyMessage(new SessionKeys(bad, real.baseKey(), oneTimeKey), real.message());
    String before = States.of(bob);
    assertThatExceptionOfType(OlmException.NonContributory.class)
        .isThrownBy(() -> bob.createInboundSession(Pair.identity(alice), badBase));
    assertThatExceptionOfType(OlmException.NonContributory.class)
        .isThrownBy(() -> bob.createInboundSession(bad, badIdentity));
    assertThat(States.of(bob)).isEqualTo(before);
    bob.createInboundSession(Pair.identity(alice), real);
  }

  @Test
  void noRatchetAdvancesWithOne_X25519_ZERO() throws Exception {
    Pair pair = Pair.talking(3);
    pair.bob.decrypt(pair.alice.encrypt(new byte[] {1})); // bob has no sending chain now
    MessageKey anyKey = new MessageKey(new byte[32], 0);
    OlmMessage forged =
        NormalMessage.seal(SessionConfig.V1, key(ORDER_EIGHT), anyKey, new byte[] {7});
    for (Session session : new Session[] {pair.alice, pair.bob}) {
      String before = States.of(session);
      assertThatExceptionOfType(OlmException.NonContributory.class)
          .isThrownBy(() -> session.decrypt(forged));
      assertThat(States.of(session)).isEqualTo(before);
    }
    assertThat(pair.alice.decrypt(pair.bob.encrypt(new byte[] {2}))).containsExactly(2);
  }

  @Test
  void nothingIsSentToARatchetKeyOfSmallOrder_X25519_ZERO() throws Exception {
    Curve25519PublicKey oneTimeKey = Pair.newOneTimeKey(bob);
    RandomSource random = ScriptedRandom.seeded(9);
    Curve25519SecretKey base = Curve25519SecretKey.generate(random);
    RootKey.Step start =
        TripleDiffieHellman.outbound(alice.identityKey(), base, Pair.identity(bob), oneTimeKey);
    NormalMessage inner =
        NormalMessage.seal(
            SessionConfig.V1, key(ORDER_EIGHT), start.chain().messageKey(), new byte[] {7});
    SessionKeys keys = new SessionKeys(Pair.identity(alice), base.publicKey(), oneTimeKey);
    InboundCreation created =
        bob.createInboundSession(Pair.identity(alice), new PreKeyMessage(keys, inner));
    assertThat(created.plaintext()).containsExactly(7);
    String before = States.of(created.session());
    assertThatExceptionOfType(OlmException.NonContributory.class)
        .isThrownBy(() -> created.session().encrypt(new byte[] {8}));
    assertThat(States.of(created.session())).isEqualTo(before);
  }
}

package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.encoding.Base64Text;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures as values: lengths, texts, and that secrets stay secret. */
class KeysTest {
  /** Order of the prime-order group. */
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 64})
  void keysHave32Bytes_PUB_LEN(int length) {
    byte[] bytes = new byte[length];
    String text = Base64Text.encode(bytes);
    assertThat(reason(() -> Curve25519PublicKey.of(bytes)))
        .isEqualTo(KeyFormatException.Reason.LENGTH);
    assertThat(reason(() -> Curve25519PublicKey.fromBase64(text)))
        .isEqualTo(KeyFormatException.Reason.LENGTH);
    assertThat(reason(() -> Ed25519PublicKey.fromBase64(text)))
        .isEqualTo(KeyFormatException.Reason.LENGTH);
    assertThat(reason(() -> Curve25519SecretKey.copyOf(bytes)))
        .isEqualTo(KeyFormatException.Reason.LENGTH);
    assertThat(reason(() -> Ed25519KeyPair.fromSeed(bytes)))
        .isEqualTo(KeyFormatException.Reason.LENGTH);
  }

  @Test
  void a44CharacterTextWithoutPaddingIsNoKey_PUB_LEN() {
    assertThat(reason(() -> Curve25519PublicKey.fromBase64("A".repeat(44))))
        .isEqualTo(KeyFormatException.Reason.LENGTH);
    assertThat(reason(() -> Curve25519PublicKey.fromBase64("A".repeat(45))))
        .isEqualTo(KeyFormatException.Reason.BASE64);
  }

  @Test
  void keysThatWereSeenAreNotTakenForOthers_ED_POINT() {
    for (int round = 0; round < 2; round++) {
      for (int number = 2; number < 5_000; number++) { // several to each place that keeps one
        byte[] y = new byte[Ed25519PublicKey.BYTES];
        y[0] = (byte) number;
        y[1] = (byte) (number >>> 8);
        Object read;
        try {
          read = Ed25519PublicKey.of(y);
        } catch (KeyFormatException e) {
          read = e.reason();
        }
        assertThat(read)
            .isEqualTo(
                StrictEd25519.isPoint(y)
                    ? Ed25519PublicKey.owned(y)
                    : KeyFormatException.Reason.NOT_A_POINT);
      }
    }
  }

  @Test
  void textsReadBackWithAndWithoutPadding_B1() throws Exception {
    Account account = Account.generate(ScriptedRandom.seeded(1));
    Curve25519PublicKey curve = account.identityKeys().curve25519();
    Ed25519PublicKey ed = account.identityKeys().ed25519();
    Ed25519Signature signature = account.sign(new byte[0]);
    assertThat(curve.toBase64()).hasSize(43);
    assertThat(signature.toBase64()).hasSize(86);
    for (String padding : new String[] {"", "="}) {
      assertThat(Curve25519PublicKey.fromBase64(curve.toBase64() + padding)).isEqualTo(curve);
      assertThat(Ed25519PublicKey.fromBase64(ed.toBase64() + padding)).isEqualTo(ed);
      assertThat(Ed25519Signature.fromBase64(signature.toBase64() + padding + padding))
          .isEqualTo(signature);
    }
    assertThat(Curve25519PublicKey.of(curve.toBytes())).hasSameHashCodeAs(curve);
  }

  @Test
  void signatureTextAndLengthAreToldApart_B4() throws Exception {
    for (String text : new String[] {"%%%", "%".repeat(86), "A".repeat(85) + "%"}) {
      assertThat(reason(() -> Ed25519Signature.fromBase64(text)))
          .isEqualTo(KeyFormatException.Reason.BASE64);
    }
    for (int length : new int[] {0, 3, Ed25519Signature.BYTES - 1, Ed25519Signature.BYTES + 1}) {
      assertThat(reason(() -> Ed25519Signature.fromBase64(Base64Text.encode(new byte[length]))))
          .isEqualTo(KeyFormatException.Reason.LENGTH);
    }
    byte[] right = new byte[Ed25519Signature.BYTES];
    assertThat(Ed25519Signature.fromBase64(Base64Text.encode(right)).toBytes()).isEqualTo(right);
  }

  @Test
  void ed25519KeysArePointsOfTheCurve_ED_POINT() throws Exception {
    byte[] y = new byte[32];
    int points = 0;
    for (int i = 2; i < 66; i++) {
      y[0] = (byte) i;
      if (StrictEd25519.isPoint(y)) {
        points++;
        assertThat(Ed25519PublicKey.of(y).toBytes()).isEqualTo(y);
      } else {
        assertThat(reason(() -> Ed25519PublicKey.of(y)))
            .isEqualTo(KeyFormatException.Reason.NOT_A_POINT);
      }
    }
    assertThat(points).as("about half of all y have an x").isBetween(20, 44);
  }

  @Test
  void theSlowAndTheFastPointCheckAgree_ED_POINT() {
    Cases.run(
        "ed25519-points",
        100,
        5_000,
        (seed, random) -> {
          byte[] key = new byte[32];
          random.nextBytes(key);
          assertThat(StrictEd25519.isPoint(key)).isEqualTo(StrictEd25519.hasPoint(key));
        });
  }

  @Test
  void smallOrderKeysVerifyNothing_ED_SMALL_A() throws Exception {
    byte[] identity = new byte[32];
    identity[0] = 1;
    Ed25519PublicKey key = Ed25519PublicKey.of(identity);
    byte[] signature = new byte[64];
    signature[0] = 1; // R = identity, S = 0: the equation holds for every message
    assertThat(key.verify(new byte[] {1}, Ed25519Signature.of(signature))).isFalse();
  }

  @Test
  void theEightPointsOfSmallOrderAreKnown_ED_SMALL_R() {
    int points = 0;
    for (byte[] known : StrictEd25519.SMALL_ORDER_Y) {
      for (int sign : new int[] {0, 0x80}) {
        byte[] point = known.clone();
        point[31] |= (byte) sign;
        assertThat(StrictEd25519.isOfSmallOrder(point)).isTrue();
        assertThat(StrictEd25519.hasPoint(point)).isTrue();
        assertThat(Ed25519.validatePublicKeyPartial(point, 0)).isFalse();
        boolean isOnlyWithoutSign = known[0] == 1 || known[0] == (byte) 0xEC; // x is 0
        points += isOnlyWithoutSign && sign != 0 ? 0 : 1;
        point[0] ^= 2;
        assertThat(StrictEd25519.isOfSmallOrder(point)).as("another y").isFalse();
      }
    }
    assertThat(points).isEqualTo(8);
  }

  /** The signer itself makes an R of small order and the S that fits; cofactored checks take it. */
  @Test
  void signaturesWithSmallOrderRAreRefused_ED_SMALL_R() throws Exception {
    Ed25519KeyPair pair = Ed25519KeyPair.generate(ScriptedRandom.seeded(1));
    byte[] message = {1, 2, 3};
    byte[] r = new byte[32];
    r[0] = 1; // the identity
    MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
    byte[] expanded = sha512.digest(pair.copySeed());
    expanded[0] &= (byte) 0xF8;
    expanded[31] = (byte) ((expanded[31] & 0x7F) | 0x40);
    BigInteger secret = littleEndian(Arrays.copyOf(expanded, 32));
    sha512.update(r);
    sha512.update(pair.publicKey().raw());
    BigInteger challenge = littleEndian(sha512.digest(message));
    byte[] s = new byte[64];
    byte[] sum = challenge.multiply(secret).mod(ORDER).toByteArray();
    System.arraycopy(r, 0, s, 0, 32);
    for (int i = 0; i < sum.length && i < 32; i++) {
      s[32 + i] = sum[sum.length - 1 - i];
    }
    byte[] key = pair.publicKey().raw();
    assertThat(Ed25519.verify(s, 0, key, 0, message, 0, 3)).as("the engine alone").isTrue();
    assertThat(pair.publicKey().verify(message, Ed25519Signature.of(s))).isFalse();
  }

  private static BigInteger littleEndian(byte[] bytes) {
    byte[] bigEndian = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bigEndian[bytes.length - 1 - i] = bytes[i];
    }
    return new BigInteger(1, bigEndian);
  }

  @Test
  void honestSignaturesVerifyAndAlteredOnesDoNot_ED_S() {
    Cases.run(
        "ed25519-honest",
        100,
        5_000,
        (seed, random) -> {
          Ed25519KeyPair pair = Ed25519KeyPair.generate(ScriptedRandom.of(random));
          byte[] message = Cases.bytes(random, 200);
          byte[] signature = pair.sign(message).toBytes();
          assertThat(pair.publicKey().verify(message, Ed25519Signature.of(signature))).isTrue();
          int bit = random.nextInt(512);
          signature[bit / 8] ^= (byte) (1 << bit % 8);
          assertThat(pair.publicKey().verify(message, Ed25519Signature.of(signature))).isFalse();
        });
  }

  @Test
  void bothSidesAgreeOnOneSecret() throws Exception {
    Curve25519SecretKey a = Curve25519SecretKey.generate(ScriptedRandom.seeded(1));
    Curve25519SecretKey b = Curve25519SecretKey.generate(ScriptedRandom.seeded(2));
    assertThat(a.agree(b.publicKey())).isEqualTo(b.agree(a.publicKey())).hasSize(32);
    assertThat(a.agree(a.publicKey())).isNotEqualTo(a.agree(b.publicKey()));
  }

  @Test
  void noTextShowsASecret_B7() throws Exception {
    Pair pair = Pair.talking(1);
    GroupSession group = GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(1));
    String shown =
        String.join(
            "\n",
            pair.aliceAccount.toString(),
            pair.aliceAccount.signingKey().toString(),
            pair.aliceAccount.identityKey().toString(),
            pair.aliceAccount.signingKey().publicKey().toString(),
            pair.aliceAccount.identityKey().publicKey().toString(),
            pair.alice.toString(),
            group.toString(),
            group.sessionKey().toString(),
            InboundGroupSession.fromSessionKey(group.sessionKey(), SessionConfig.V1).toString(),
            StateKey.copyOf(new byte[32]).toString());
    for (byte[] secret :
        new byte[][] {
          pair.aliceAccount.signingKey().copySeed(),
          pair.aliceAccount.identityKey().copySecret(),
          pair.alice.root().raw(),
          group.ratchet().raw()
        }) {
      assertThat(shown)
          .doesNotContain(Base64Text.encode(secret).substring(0, 20))
          .doesNotContain(HexFormat.of().formatHex(secret).substring(0, 20));
    }
    assertThat(shown)
        .contains(
            pair.alice.sessionId(),
            pair.aliceAccount.signingKey().publicKey().toBase64(),
            pair.aliceAccount.identityKey().publicKey().toBase64(),
            "StateKey[32 bytes]");
  }

  @Test
  void closedSecretsAreGone() {
    Curve25519SecretKey curve = Curve25519SecretKey.generate(ScriptedRandom.seeded(1));
    Ed25519KeyPair ed = Ed25519KeyPair.generate(ScriptedRandom.seeded(1));
    curve.close();
    ed.close();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(curve::copySecret);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> curve.agree(curve.publicKey()));
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(ed::copySeed);
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> ed.sign(new byte[0]));
  }

  private static KeyFormatException.Reason reason(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(KeyFormatException.class, call).reason();
  }

  @Test
  void keysAndSignaturesEqualOnlyTheirLike() throws Exception {
    Ed25519KeyPair one = Ed25519KeyPair.fromSeed(GoldenStates.bytes(1, 32));
    Ed25519KeyPair two = Ed25519KeyPair.fromSeed(GoldenStates.bytes(2, 32));
    Ed25519PublicKey again = Ed25519PublicKey.of(one.publicKey().toBytes());
    assertThat(again).isEqualTo(one.publicKey()).hasSameHashCodeAs(one.publicKey());
    assertThat(one.publicKey()).isNotEqualTo(two.publicKey());
    byte[] message = {1};
    assertThat(one.sign(message)).isEqualTo(one.sign(message)).isNotEqualTo(two.sign(message));
    assertThat(one.sign(message)).hasSameHashCodeAs(one.sign(message));
    assertThat(one.sign(message)).isNotEqualTo(one.sign(new byte[] {2}));
  }

  @Test
  void aGeneratedStateKeyIsWhatTheSourceGave() {
    byte[] expected = new byte[StateKey.BYTES];
    ScriptedRandom.seeded(9).nextBytes(expected);
    try (StateKey key = StateKey.generate(ScriptedRandom.seeded(9))) {
      assertThat(key.copySecret()).isEqualTo(expected).isNotEqualTo(new byte[StateKey.BYTES]);
    }
  }
}

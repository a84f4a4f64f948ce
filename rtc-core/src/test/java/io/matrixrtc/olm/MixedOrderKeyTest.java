package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * A key with a part of order 2 beside its honest part verifies by the equation without cofactor:
 * exactly the signatures whose challenge is even.
 */
class MixedOrderKeyTest {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  @Test
  void verifiesByThePlainEquation_ED_COF() throws Exception {
    for (int seed = 0; seed < 4; seed++) { // both signs of x
      byte[] keySeed = GoldenStates.bytes(seed, 32);
      byte[] honest = Ed25519KeyPair.fromSeed(keySeed).publicKey().toBytes();
      byte[] mixed = plusPointOfOrder2(honest);
      assertThat(StrictEd25519.lookAt(mixed).grade()).isEqualTo(StrictEd25519.KeyGrade.MIXED_ORDER);
      assertThat(StrictEd25519.lookAt(honest).grade())
          .isEqualTo(StrictEd25519.KeyGrade.PRIME_ORDER);
      Ed25519PublicKey key = Ed25519PublicKey.of(mixed);
      int accepted = 0;
      for (byte i = 0; i < 16; i++) {
        byte[] message = {i};
        byte[] commitment =
            Ed25519KeyPair.fromSeed(GoldenStates.bytes(100, 32)).publicKey().toBytes();
        BigInteger challenge = challenge(commitment, mixed, message);
        Ed25519Signature signature = signature(commitment, keySeed, mixed, message);
        boolean verified = key.verify(message, signature);
        assertThat(verified).as("challenge %s", challenge).isEqualTo(!challenge.testBit(0));
        accepted += verified ? 1 : 0;
        assertThat(key.verify(new byte[] {i, 1}, signature)).isFalse();
      }
      assertThat(accepted).isBetween(1, 15);
    }
  }

  /** An R with a part of order 2, which only the owner of the key can make, is the owner's. */
  @Test
  void anHonestKeysSignatureWithAMixedOrderRIsTaken_ED_COF_R_ours() throws Exception {
    byte[] keySeed = GoldenStates.bytes(7, 32);
    byte[] publicKey = Ed25519KeyPair.fromSeed(keySeed).publicKey().toBytes();
    Ed25519PublicKey key = Ed25519PublicKey.of(publicKey);
    byte[] honest = Ed25519KeyPair.fromSeed(GoldenStates.bytes(100, 32)).publicKey().toBytes();
    for (byte i = 0; i < 64; i++) {
      byte[] message = {i};
      assertThat(key.verify(message, signature(honest, keySeed, publicKey, message)))
          .as("control")
          .isTrue();
      byte[] mixed = plusPointOfOrder2(honest);
      Ed25519Signature signature = signature(mixed, keySeed, publicKey, message);
      assertThat(key.verify(message, signature)).isTrue();
      assertThat(key.verify(new byte[] {i, 1}, signature)).as("another message").isFalse();
    }
  }

  private static Ed25519Signature signature(
      byte[] commitment, byte[] keySeed, byte[] publicKey, byte[] message) throws Exception {
    BigInteger response =
        challenge(commitment, publicKey, message)
            .multiply(scalar(keySeed))
            .add(scalar(GoldenStates.bytes(100, 32)))
            .mod(ORDER);
    byte[] signature = Arrays.copyOf(commitment, 64);
    System.arraycopy(littleEndian(response), 0, signature, 32, 32);
    return Ed25519Signature.of(signature);
  }

  /** Adding (0, −1) negates both coordinates. */
  private static byte[] plusPointOfOrder2(byte[] key) {
    byte[] y = key.clone();
    y[31] &= 0x7F;
    byte[] sum = littleEndian(P.subtract(number(y)));
    sum[31] |= (byte) (~key[31] & 0x80);
    return sum;
  }

  private static BigInteger scalar(byte[] seed) {
    return number(Arrays.copyOf(ExpandedEd25519Key.expand(seed), 32)).mod(ORDER);
  }

  private static BigInteger challenge(byte[] commitment, byte[] key, byte[] message)
      throws Exception {
    MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
    sha512.update(commitment);
    sha512.update(key);
    return number(sha512.digest(message)).mod(ORDER);
  }

  private static BigInteger number(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return new BigInteger(1, bigEndian);
  }

  private static byte[] littleEndian(BigInteger number) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }
}

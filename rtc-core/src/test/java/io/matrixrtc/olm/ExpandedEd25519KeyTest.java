package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.cases.Cases;
import org.junit.jupiter.api.Test;

/** A key whose seed is lost signs as the seed would. */
class ExpandedEd25519KeyTest {
  @Test
  void signsAsItsSeedDoes() {
    Cases.run(
        "expanded-ed25519",
        100,
        2_000,
        (seed, random) -> {
          Ed25519KeyPair pair = Ed25519KeyPair.generate(ScriptedRandom.of(random));
          ExpandedEd25519Key key =
              ExpandedEd25519Key.owned(ExpandedEd25519Key.expand(pair.copySeed()));
          assertThat(key.publicKey()).isEqualTo(pair.publicKey());
          byte[] message = Cases.bytes(random, 300);
          Ed25519Signature signature = key.sign(message);
          assertThat(signature).isEqualTo(pair.sign(message));
          assertThat(pair.publicKey().verify(message, signature)).isTrue();
        });
  }

  @Test
  void isClamped() {
    for (int at : new int[] {0, 31}) {
      byte[] expanded = ExpandedEd25519Key.expand(new byte[32]);
      expanded[at] ^= (byte) (at == 0 ? 4 : 0x80);
      KeyFormatException error =
          catchThrowableOfType(KeyFormatException.class, () -> ExpandedEd25519Key.owned(expanded));
      assertThat(error.reason()).isEqualTo(KeyFormatException.Reason.NOT_A_KEY);
    }
  }

  @Test
  void wipesItselfAndShowsNothing() throws Exception {
    byte[] expanded = ExpandedEd25519Key.expand(new byte[32]);
    ExpandedEd25519Key key = ExpandedEd25519Key.owned(expanded);
    assertThat(key.copyExpanded()).isEqualTo(ExpandedEd25519Key.expand(new byte[32]));
    assertThat(key).hasToString("ExpandedEd25519Key[" + key.publicKey() + "]");
    key.close();
    assertThat(expanded).containsOnly(0);
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> key.sign(new byte[1]));
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(key::copyExpanded);
  }
}

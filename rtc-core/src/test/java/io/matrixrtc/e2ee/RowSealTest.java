package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.olm.StateKey;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values of rows, sealed. */
class RowSealTest {
  private static final byte[] CONTENT = {1, 2, 3};

  private final MachineNetwork network = new MachineNetwork(8);
  private final StateKey key = MachineNetwork.key();
  private final RowSeal seal = new RowSeal(key, network.random());

  @AfterEach
  void close() {
    key.close();
  }

  @Test
  void storeSealTheSameContentIsNeverSealedUnderTheSameIv() throws Exception {
    Sealed first = seal.seal(CONTENT, "kind", "row");
    Sealed second = seal.seal(CONTENT, "kind", "row");
    assertThat(first.toBytes()).hasSameSizeAs(second.toBytes()).isNotEqualTo(second.toBytes());
    assertThat(seal.open(first, "kind", "row")).isEqualTo(CONTENT);
    assertThat(seal.open(second, "kind", "row")).isEqualTo(CONTENT);
  }

  @Test
  void storeSealAValueOpensInItsRowOnly() {
    Sealed sealed = seal.seal(CONTENT, "kind", "a", "b");
    for (String[] other : new String[][] {{"ab"}, {"a"}, {"a", "c"}, {"b", "a"}, {}}) {
      assertThatThrownBy(() -> seal.open(sealed, "kind", other))
          .isInstanceOf(CryptoStoreException.Unreadable.class);
    }
    assertThatThrownBy(() -> seal.open(sealed, "other", "a", "b"))
        .isInstanceOf(CryptoStoreException.Unreadable.class);
  }

  @Test
  void storeSealTheNamesOfARowDoNotRunIntoEachOther() {
    String long1 = "x".repeat(256);
    Sealed sealed = seal.seal(CONTENT, "kind", long1, "");
    assertThatThrownBy(() -> seal.open(sealed, "kind", "", long1))
        .isInstanceOf(CryptoStoreException.Unreadable.class);
  }

  @Test
  void storeSealAnEmptyContentIsAContent() throws Exception {
    Sealed empty = seal.seal(new byte[0], "kind", "row");
    assertThat(seal.open(empty, "kind", "row")).isEmpty();
    byte[] shorter = Arrays.copyOf(empty.toBytes(), empty.toBytes().length - 1);
    assertThatThrownBy(() -> seal.open(Sealed.of(shorter), "kind", "row"))
        .isInstanceOf(CryptoStoreException.Unreadable.class);
  }

  @Test
  void sealedValuesAreEqualIfTheirBytesAre() {
    assertThat(Sealed.of(CONTENT)).isEqualTo(Sealed.of(CONTENT.clone()));
    assertThat(Sealed.of(CONTENT)).isNotEqualTo(Sealed.of(new byte[CONTENT.length]));
  }
}

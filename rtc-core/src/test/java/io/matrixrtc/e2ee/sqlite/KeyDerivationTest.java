package io.matrixrtc.e2ee.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which parameters of Argon2id are believed of a file, at the edge and one beyond. Nothing is
 * derived: a GiB of memory is more than a test may take.
 */
class KeyDerivationTest {
  private static final byte[] SALT = new byte[KeyDerivation.SALT_BYTES];

  @ParameterizedTest
  @CsvSource({
    "1048576, 3, 1",
    "1048576, 100, 16",
    "65536, 100, 1",
    "65536, 3, 16",
    "8, 1, 1",
    "16, 1, 2",
    "128, 1, 16"
  })
  void storeKdfTheEdgesAreTaken(int memoryKib, int passes, int parallelism) {
    KeyDerivation taken = KeyDerivation.of(SALT, memoryKib, passes, parallelism);
    assertThat(taken.memoryKib()).isEqualTo(memoryKib);
    assertThat(taken.passes()).isEqualTo(passes);
    assertThat(taken.parallelism()).isEqualTo(parallelism);
    assertThat(taken.salt()).isEqualTo(SALT);
  }

  @ParameterizedTest
  @CsvSource({
    "1048577, 3, 1",
    "2147483647, 3, 1",
    "65536, 101, 1",
    "65536, 2147483647, 1",
    "65536, 3, 17",
    "65536, 3, 2147483647",
    "65536, 3, 536870912",
    "7, 1, 1",
    "15, 1, 2",
    "127, 1, 16",
    "65536, 0, 1",
    "65536, 3, 0",
    "-1, 3, 1",
    "65536, -1, 1",
    "65536, 3, -1"
  })
  void storeKdfOneBeyondIsNotBelieved(int memoryKib, int passes, int parallelism) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyDerivation.of(SALT, memoryKib, passes, parallelism));
  }

  @ParameterizedTest
  @CsvSource({"15", "17", "0"})
  void storeKdfASaltHas16Bytes(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyDerivation.of(new byte[length], 65536, 3, 1));
    KeyDerivation.of(SALT, 65536, 3, 1);
  }
}

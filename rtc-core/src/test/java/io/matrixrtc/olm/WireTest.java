package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small binary format inside messages. Field 1 is an integer here, field 2 is bytes. */
class WireTest {
  private static String read(String hex) throws WireFormatException {
    byte[] data = HexFormat.of().parseHex(hex);
    WireReader reader = new WireReader(data, 0, data.length);
    long number = 0;
    byte[] bytes = {};
    for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
      switch (field) {
        case 1 -> number = reader.integer();
        case 2 -> bytes = reader.bytes();
        default -> reader.skip();
      }
    }
    return Long.toUnsignedString(number) + "/" + HexFormat.of().formatHex(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0/",
    "0805 1202abcd, 5/abcd",
    "1202abcd 0805, 5/abcd",
    "0805 0806, 6/",
    "1201aa 1201bb, 0/bb",
    "08ffffffffffffffffff01, 18446744073709551615/",
    "088000, 0/",
    "1807 2202ffff 2d01020304 310102030405060708 0805, 5/",
    "f8ffffff0f07 0805, 5/"
  })
  void readsAsAProto3ParserDoes_WIRE_TYPE(String hex, String expected) throws Exception {
    assertThat(read(hex.replace(" ", ""))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08",
        "0880",
        "12",
        "1205aabb",
        "12ffffffff0f",
        "12ffffffffffffffffff01",
        "2d010203",
        "3101020304050607",
        "0a01aa",
        "1005",
        "0b",
        "0c",
        "0e",
        "0f",
        "00",
        "02",
        "0500000000",
        "08ffffffffffffffffff02",
        "08ffffffffffffffffffff01",
        "80808080808080808080800801",
        "f8ffffff1f07",
        "ffffffffffffffffff0100"
      })
  void refusesEverythingElse_WIRE_END(String hex) {
    assertThatExceptionOfType(WireFormatException.class).isThrownBy(() -> read(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0800",
    "127, 087f",
    "128, 088001",
    "16383, 08ff7f",
    "16384, 08808001",
    "-1, 08ffffffffffffffffff01"
  })
  void writesIntegersAsShortAsPossible_WIRE_MIN(long number, String hex) {
    assertThat(new WireWriter(3).integer(1, number).toBytes())
        .isEqualTo(HexFormat.of().parseHex("03" + hex));
  }

  @Test
  void neverReadsPastItsEnd_WIRE_END() throws Exception {
    byte[] data = HexFormat.of().parseHex("031202abcd");
    WireReader whole = new WireReader(data, 1, data.length);
    assertThat(whole.nextField()).isEqualTo(2);
    assertThat(whole.bytes()).hasSize(2);
    WireReader shorter = new WireReader(data, 1, data.length - 1);
    assertThat(shorter.nextField()).isEqualTo(2);
    assertThatExceptionOfType(WireFormatException.class).isThrownBy(shorter::bytes);
  }
}

package io.matrixrtc.backup.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.recovery.PassphraseException.Reason;
import io.matrixrtc.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassphraseInfoTest {
  private static PassphraseInfo parse(String json) throws Exception {
    return PassphraseInfo.parse(Json.parse(json.replace('\'', '"')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'iterations':0; ITERATIONS",
        "'iterations':-1; ITERATIONS",
        "'iterations':10000001; ITERATIONS",
        "'iterations':4294967297; ITERATIONS",
        "'iterations':'500000'; ITERATIONS",
        "'iterations':1.5; ITERATIONS",
        "'iterations':null; ITERATIONS",
        "'iterations':1,'bits':0; BITS",
        "'iterations':1,'bits':-8; BITS",
        "'iterations':1,'bits':12; BITS",
        "'iterations':1,'bits':4104; BITS",
        "'iterations':1,'bits':'256'; BITS",
        "'iterations':1,'bits':null; BITS"
      })
  void passBoundsRefuseBeforeAnythingIsDerived_ours(String numbers, Reason reason) {
    assertThatExceptionOfType(PassphraseException.class)
        .isThrownBy(() -> parse("{'algorithm':'m.pbkdf2','salt':'s'," + numbers + "}"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void passBoundsThemselvesAreTaken() throws Exception {
    String start = "{'algorithm':'m.pbkdf2','salt':'s','iterations':";
    assertThat(parse(start + "1}")).isEqualTo(new PassphraseInfo("s", 1, 256));
    assertThat(parse(start + "10000000}").iterations()).isEqualTo(10_000_000);
    assertThat(parse(start + "1,'bits':4096}").deriveKey("p")).hasSize(512);
    assertThat(parse(start + "1,'bits':8}").deriveKey("p")).hasSize(1);
  }

  @Test
  void saltAndAlgorithmMustBeThere() {
    assertThatExceptionOfType(PassphraseException.class)
        .isThrownBy(() -> parse("{'algorithm':'m.pbkdf2','salt':'','iterations':1}"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SALT));
    assertThatExceptionOfType(PassphraseException.class)
        .isThrownBy(() -> parse("{'salt':'s','iterations':1}"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.ALGORITHM));
  }

  @Test
  void passExactTextCountsAsTyped() {
    PassphraseInfo info = new PassphraseInfo("salt", 1, 256);
    byte[] composed = info.deriveKey("p\u00e4ss");
    assertThat(composed).isNotEqualTo(info.deriveKey("pa\u0308ss"));
    assertThat(composed).isNotEqualTo(info.deriveKey("p\u00e4ss "));
    assertThat(composed).isEqualTo(info.deriveKey("p\u00e4ss"));
  }

  @Test
  void aNewOneReadsBack() throws Exception {
    PassphraseInfo info = PassphraseInfo.generate(TestRandom.of(1));
    assertThat(info.salt()).matches("[A-Za-z0-9]{32}");
    assertThat(info.iterations()).isEqualTo(500_000);
    assertThat(PassphraseInfo.parse(info.toJson())).isEqualTo(info);
    assertThat(PassphraseInfo.generate(TestRandom.of(2)).salt()).isNotEqualTo(info.salt());
  }
}

package io.matrixrtc.testkit.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.testkit.demo.Cast.Member;
import io.matrixrtc.testkit.demo.Cast.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CastTest {
  @Test
  void rolesComeWithTheNumberOfDevices() {
    assertThat(Cast.of(3).first(Role.LEAVES)).isPresent();
    assertThat(Cast.of(2).first(Role.LEAVES)).isEmpty();
    assertThat(Cast.of(4).first(Role.LATE)).isPresent();
    assertThat(Cast.of(3).first(Role.LATE)).isEmpty();
    assertThat(Cast.of(5).first(Role.SECOND_DEVICE)).isPresent();
    assertThat(Cast.of(4).first(Role.SECOND_DEVICE)).isEmpty();
    assertThat(Cast.of(6).first(Role.MUTES)).isPresent();
    assertThat(Cast.of(5).first(Role.MUTES)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 32})
  void everyDeviceIsNamedOnceAndSomebodyStaysForTheWholeCall(int size) {
    Cast cast = Cast.of(size);
    assertThat(cast.members()).hasSize(size);
    assertThat(cast.members()).extracting(Member::name).doesNotHaveDuplicates();
    assertThat(cast.members()).extracting(Member::device).doesNotHaveDuplicates();
    assertThat(cast.members())
        .filteredOn(member -> member.role().throughout())
        .hasSizeGreaterThan(1);
    assertThat(cast.users()).hasSize(size < 5 ? size : size - 1).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 33})
  void otherSizesAreRefused(int size) {
    assertThatThrownBy(() -> Cast.of(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("participants: want 2 to 32, got " + size);
  }
}

package io.matrixrtc.testkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void areNearestRanks() {
    assertThat(Figures.of(List.of())).isEqualTo(new Figures(0, 0, 0));
    assertThat(Figures.of(List.of(7L))).isEqualTo(new Figures(1, 7, 7));
    assertThat(Figures.of(List.of(9L, 1L))).isEqualTo(new Figures(2, 1, 9));
    assertThat(Figures.of(LongStream.rangeClosed(1, 100).boxed().toList()))
        .isEqualTo(new Figures(100, 50, 99));
    assertThat(Figures.of(LongStream.rangeClosed(1, 101).boxed().toList()))
        .isEqualTo(new Figures(101, 51, 100));
  }
}

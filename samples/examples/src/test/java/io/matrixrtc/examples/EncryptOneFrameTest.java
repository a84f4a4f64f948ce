package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EncryptOneFrameTest {
  @Test
  void theReceiverGetsTheFrameThatWasSent() {
    byte[] frame = new byte[1_200];
    new SplittableRandom(3).nextBytes(frame);
    assertThat(EncryptOneFrame.send(frame)).isEqualTo(frame);
  }
}

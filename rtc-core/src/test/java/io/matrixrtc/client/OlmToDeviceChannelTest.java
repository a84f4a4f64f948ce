package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.TYPE;
import static io.matrixrtc.client.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.VirtualTime;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two clients and a homeserver on virtual time. */
class OlmToDeviceChannelTest {
  private final VirtualTime time = new VirtualTime();
  private final HomeserverDouble homeserver = new HomeserverDouble(time);
  private TestDevice alice;
  private TestDevice bob;

  @BeforeEach
  void start() throws Exception {
    alice = TestDevice.of(homeserver, time, "@alice:example.org", "ALICE1", 1);
    bob = TestDevice.of(homeserver, time, "@bob:example.org", "BOB1", 2);
    alice.client.start();
    bob.client.start();
    time.advanceMillis(1000);
  }

  @Test
  void messagesGoBothWaysAndNameTheSendingDevice() {
    assertThat(outcomes(send(alice, "hello", bob.address)))
        .containsExactly(Map.entry(bob.address, new Outcome.Sent()));
    assertThat(bob.received).containsExactly("hello");
    assertThat(bob.evidence)
        .containsExactly(new SenderEvidence.OlmDevice(alice.address, SenderEvidence.Trust.KNOWN));

    assertThat(outcomes(send(bob, "back", alice.address)))
        .containsExactly(Map.entry(alice.address, new Outcome.Sent()));
    assertThat(alice.received).containsExactly("back");
    outcomes(send(alice, "again", bob.address));
    assertThat(bob.received).containsExactly("hello", "again");
  }

  private CompletionStage<Map<DeviceAddress, Outcome>> send(
      TestDevice from, String text, DeviceAddress... to) {
    return from.client.toDevice().send(TYPE, text(text), Set.of(to));
  }

  private Map<DeviceAddress, Outcome> outcomes(
      CompletionStage<Map<DeviceAddress, Outcome>> sending) {
    time.advanceMillis(1000);
    assertThat(sending).isCompleted();
    return sending.toCompletableFuture().join();
  }
}

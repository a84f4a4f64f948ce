package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.junit.ScriptedCallTest;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.Moment;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How one tests one's own key transport: with scripted calls. */
@ScriptedCallTest
class KeySharingTest {
  private final Map<DeviceAddress, KeyTransport.Sink> here = new ConcurrentHashMap<>();

  private final KeyWiring inMemory =
      new KeyWiring() {
        @Override
        public KeyTransport transport(KeyTransport ours, Parts parts) {
          return new InMemoryKeys(here, parts.context(), parts.memberId(), ours);
        }
      };

  @Test
  void aLeaverHearsNoMore(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol) {
    alice.withKeys(inMemory);
    bob.withKeys(inMemory);
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Moment leave = bob.leave();
    Moment rotated = call.expect(alice).toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    call.goOn(Duration.ofSeconds(1));
    call.expect(bob).not().toHear(alice).sentSince(rotated);

    Set<String> recipients =
        call.trace().entries().stream()
            .map(entry -> entry.event())
            .filter(TraceEvent.MessageSent.class::isInstance)
            .map(TraceEvent.MessageSent.class::cast)
            .filter(message -> message.from().equals(alice.identity()))
            .filter(message -> message.type().equals("io.element.call.encryption_keys"))
            .map(TraceEvent.MessageSent::to)
            .collect(Collectors.toSet());
    assertThat(recipients).as("who needs messages").containsExactly(carol.identity());
  }
}

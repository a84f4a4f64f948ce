package io.matrixrtc.interop;

import static org.awaitility.Awaitility.await;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ForeignAgent;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.ScriptSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A scripted call of alice, bob and carol, some of whose devices are matrix-js-sdk's. */
final class MixedCall implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Map<CallDevice, JsSdkSession> theirs = new LinkedHashMap<>();
  private final List<CallDevice> signedIn = new ArrayList<>();
  final CallScript script;
  final CallDevice alice;
  final CallDevice bob;
  final CallDevice carol;

  /** Which devices are matrix-js-sdk's. */
  enum Cast {
    /** The one that makes the room and from whom most is expected. */
    THEIR_ALICE("alice"),
    /** All others. */
    OUR_ALICE("bob", "carol");

    private final Set<String> theirs;

    Cast(String... theirs) {
      this.theirs = Set.of(theirs);
    }
  }

  /**
   * @param name for the trace and for the names of log files
   */
  MixedCall(ScriptSettings settings, Cast cast, String name) {
    this.script = CallScript.open(settings.titled(name + " " + cast));
    this.alice = script.device("alice");
    this.bob = script.device("bob");
    this.carol = script.device("carol");
    for (CallDevice device : List.of(alice, bob, carol)) {
      if (cast.theirs.contains(device.name())) {
        Path log = Path.of("target", "peers", name + "-" + cast + "-" + device.name() + ".log");
        JsSdkSession session = new JsSdkSession(log);
        theirs.put(device, session);
        device.playedBy((spec, trace) -> new ForeignAgent(spec, trace, session));
      }
    }
  }

  /** Signs devices in and waits until everyone who has to has heard of them. */
  void admit(CallDevice... some) throws InterruptedException {
    script.admit(List.of(some));
    signedIn.addAll(List.of(some));
    for (Map.Entry<CallDevice, JsSdkSession> one : theirs.entrySet()) {
      for (CallDevice other : signedIn) {
        // Upstream counts a device that it does not know as served, and never tries again.
        if (signedIn.contains(one.getKey()) && !one.getKey().equals(other)) {
          await().atMost(SOON).until(() -> one.getValue().knows(address(other)));
        }
      }
    }
  }

  private static DeviceAddress address(CallDevice device) {
    ParticipantSpec spec = device.participant().spec();
    return new DeviceAddress(spec.userId(), spec.deviceId());
  }

  /** Signs devices in, has them join the call, and waits until all hear each other. */
  void start(CallDevice... some) throws InterruptedException {
    admit(some);
    script.start(some);
    script.expectAll().toHearEachOther();
  }

  @Override
  public void close() {
    script.close();
  }
}

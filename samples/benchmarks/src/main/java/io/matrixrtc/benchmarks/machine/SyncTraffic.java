package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The heaviest sync that we promise a speed for: {@value #EVENTS_PER_DEVICE} events of each device,
 * the first a pre-key message that starts a session, every tenth with a ratchet turn, all with
 * {@code sender_device_keys}.
 *
 * <p>A ratchet cannot turn twice without an answer in between. So the turns are those of ten
 * sessions: nine to which the machine has written last, and the new one. The device sends ten
 * messages over each.
 */
final class SyncTraffic {
  static final int EVENTS_PER_DEVICE = 100;

  private static final int SESSIONS = 10;
  private static final int EVENTS_PER_SESSION = EVENTS_PER_DEVICE / SESSIONS;

  private SyncTraffic() {}

  /** Writes the events, device after device in turn, having brought all sessions to that point. */
  static List<ObjectNode> write(MachineWorld world) throws Exception {
    world.devices().forEach(RemoteDevice::forgetSessions);
    for (int session = 1; session < SESSIONS; session++) {
      List<ObjectNode> first = new ArrayList<>();
      for (RemoteDevice device : world.devices()) {
        device.startSession(world.machine().identityKeys(), world.claimOneTimeKey());
        first.add(world.write(device, session - 1));
      }
      world.pass();
      world.acknowledge(world.receive(first), first.size());
      world.carry(world.send());
    }
    for (RemoteDevice device : world.devices()) {
      device.startSession(world.machine().identityKeys(), world.claimOneTimeKey());
    }
    world.pass();
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i < EVENTS_PER_DEVICE; i++) {
      int turn = i / EVENTS_PER_SESSION;
      int session = turn == 0 ? SESSIONS - 1 : turn - 1; // the new one first
      for (RemoteDevice device : world.devices()) {
        events.add(world.write(device, session));
      }
    }
    return events;
  }
}

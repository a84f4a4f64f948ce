package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.List;

/** Our machine. Trusts every device, as the peer is told to. */
final class OwnDialogue implements Dialogue {
  private static final OlmMachine.Settings ALL =
      new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL);

  private final MachineWorld world;
  private String sync = "[]";
  private List<ToDeviceResult> received = List.of();

  OwnDialogue(StoreKind store) throws Exception {
    world = new MachineWorld(DEVICES, ALL, store);
  }

  @Override
  public void send() throws Exception {
    world
        .machine()
        .deliver(MachineWorld.KEY_EVENT, MachineWorld.keyContent(), world.addresses(), world.now());
    int length = 0;
    for (OutgoingRequest request : world.machine().outgoingRequests(world.now())) {
      if (request instanceof OutgoingRequest.ToDevice message) {
        length += message.body().toString().length();
      }
    }
    if (length < DEVICES) {
      world.carry(world.settle()); // the first time there are sessions to start before
    }
  }

  @Override
  public void answer() throws Exception {
    world.acknowledge(received, received.size());
    received = List.of();
    world.carry(world.settle());
    world.pass();
    ArrayNode events = Json.mapper().createArrayNode();
    for (int i = 0; i < EVENTS_PER_DEVICE; i++) {
      for (RemoteDevice device : world.devices()) {
        events.add(world.write(device, 0));
      }
    }
    sync = events.toString();
  }

  @Override
  public void receive() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    Json.parse(sync).forEach(events::add);
    received = world.receive(events);
  }

  @Override
  public void close() {
    world.close();
  }
}

package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Ten thousand messages of a room: the sender judged, decrypted, checked against replay, and where
 * each stood in its session written, a transaction for each sync of a hundred. Ten devices have
 * written them in turn, with keys that they gave us over Olm; each message under a new index.
 */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RoomBenchmark {
  static final int EVENTS = 10_000;
  private static final int DEVICES = 10;
  private static final int EVENTS_PER_SYNC = 100;
  private static final String ROOM = "!a-room-with-messages:example.org";

  /** A {@link StoreKind}. */
  @Param("MEMORY")
  public String store;

  private MachineWorld world;
  private int written;
  private List<List<ObjectNode>> syncs;
  private int readable;

  /** Makes the machine and the devices, which get to know each other. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    world = new MachineWorld(DEVICES, OlmMachine.Settings.defaults(), StoreKind.valueOf(store));
  }

  /** Gives the machine a new key of each device, and writes the events. */
  @Setup(Level.Invocation)
  public void write() throws Exception {
    List<GroupSession> sessions = new ArrayList<>();
    List<ObjectNode> keys = new ArrayList<>();
    for (RemoteDevice device : world.devices()) {
      GroupSession session = GroupSession.generate(SessionConfig.V1, RandomSource.secure());
      device.forgetSessions();
      device.startSession(world.machine().identityKeys(), world.claimOneTimeKey());
      keys.add(
          device.encrypt(
              0,
              "m.room_key",
              roomKey(session),
              world.machine().device(),
              world.machine().identityKeys()));
      sessions.add(session);
    }
    world.receive(keys);
    syncs = new ArrayList<>();
    for (int sync = 0; sync < EVENTS / EVENTS_PER_SYNC; sync++) {
      List<ObjectNode> events = new ArrayList<>();
      for (int i = 0; i < EVENTS_PER_SYNC; i++) {
        int who = i % DEVICES;
        events.add(event(world.devices().get(who), sessions.get(who)));
      }
      syncs.add(events);
    }
    sessions.forEach(GroupSession::close);
  }

  private static ObjectNode roomKey(GroupSession session) {
    try (SessionKey key = session.sessionKey()) {
      return Json.newObject()
          .put("algorithm", "m.megolm.v1.aes-sha2")
          .put("room_id", ROOM)
          .put("session_id", key.sessionId())
          .put("session_key", key.toBase64());
    }
  }

  private ObjectNode event(RemoteDevice device, GroupSession session)
      throws JsonProcessingException {
    ObjectNode payload = Json.newObject().put("type", "m.room.message").put("room_id", ROOM);
    payload
        .putObject("content")
        .put("msgtype", "m.text")
        .put("body", "A message of about the length that people write, number " + written);
    ObjectNode event = Json.newObject().put("type", "m.room.encrypted");
    event.put("event_id", "$event-" + written++).put("room_id", ROOM);
    event.put("sender", device.address().userId()).put("origin_server_ts", 1_772_366_400_000L);
    event
        .putObject("content")
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("session_id", session.sessionId())
        .put(
            "ciphertext",
            Base64Text.encode(session.encrypt(Json.mapper().writeValueAsBytes(payload)).encode()));
    return event;
  }

  @Benchmark
  public int read() throws Exception {
    readable = 0;
    for (List<ObjectNode> events : syncs) {
      for (RoomEventResult result : world.machine().rooms().decryptAll(ROOM, events)) {
        readable += result instanceof RoomEventResult.Decrypted ? 1 : 0;
      }
    }
    return readable;
  }

  /** Sees that each was decrypted, and that a copy under another id is refused. */
  @TearDown(Level.Invocation)
  public void check() throws Exception {
    ObjectNode copy = syncs.get(0).get(0).deepCopy().put("event_id", "$copy-" + written);
    RoomEventResult replayed = world.machine().rooms().decrypt(ROOM, copy);
    if (readable != EVENTS || !(replayed instanceof RoomEventResult.UnableToDecrypt)) {
      throw new IllegalStateException(readable + " were read; a copy: " + replayed);
    }
  }

  /** Closes the machine and its store. */
  @TearDown(Level.Trial)
  public void close() {
    world.close();
  }
}

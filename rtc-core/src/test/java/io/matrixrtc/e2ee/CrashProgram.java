package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A device that dies: opens its store, sends to a peer, syncs and hands on, in a loop, until it
 * comes to its crash point for the n-th time, where it says so and waits to be killed, or is killed
 * elsewhere. The network and the app are files, of which a dead process takes nothing back.
 */
final class CrashProgram {
  static final UserDevice DEVICE = new UserDevice("@b:x.org", "B");
  static final UserDevice PEER = new UserDevice("@a:x.org", "A");
  static final String TYPE = "org.example.number";

  /** Where it may die. */
  enum Point {
    BEFORE_SYNC_COMMIT,
    AFTER_SYNC_COMMIT,
    AFTER_HAND_ON,
    AFTER_ACKNOWLEDGE,
    BEFORE_ENCRYPT_COMMIT,
    AFTER_ENCRYPT_COMMIT,
    AFTER_SEND,
    NEVER;

    /** What it says when it is there. */
    String arrival() {
      return "at " + this;
    }
  }

  /** How the program is spoilt on purpose, so that the checks can be seen to catch it. */
  enum Defect {
    NONE,
    TOKEN_BEFORE_INBOX,
    SEND_BEFORE_COMMIT
  }

  private static final int BATCH = 3;

  private final Path folder;
  private final Point point;
  private final Defect defect;
  private int passesLeft;
  private Changes held = Changes.builder().build();

  private CrashProgram(Path folder, Point point, int passes, Defect defect) {
    this.folder = folder;
    this.point = point;
    this.passesLeft = passes;
    this.defect = defect;
  }

  /** Arguments: folder, point, at which passing of it to wait for death, defect. */
  public static void main(String[] args) throws Exception {
    new CrashProgram(
            Path.of(args[0]),
            Point.valueOf(args[1]),
            Integer.parseInt(args[2]),
            Defect.valueOf(args[3]))
        .run();
  }

  static SqliteCryptoStore open(Path folder) throws CryptoStoreException {
    return SqliteCryptoStore.open(
        folder.resolve("store.db"), StoreSecret.key(new byte[32]), RandomSource.secure());
  }

  /** Says that it is at its point, and waits there to be killed. */
  private void passing(Point passed) {
    if (passed == point && --passesLeft == 0) {
      System.out.println(point.arrival());
      System.out.flush();
      while (true) {
        LockSupport.park(this);
      }
    }
  }

  private void append(String file, String line) throws Exception {
    Files.writeString(
        folder.resolve(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void run() throws Exception {
    try (SqliteCryptoStore sqlite = open(folder)) {
      HookedStore store = new HookedStore(sqlite, this::write);
      OlmMachine machine =
          OlmMachine.open(
              DEVICE, MachineNetwork.ALL, store, sqlite.stateKey(), RandomSource.secure());
      handOn(machine, machine.inbox().events(0, Inbox.MAX_EVENTS));
      List<String> network =
          Files.readAllLines(folder.resolve("to-device"), StandardCharsets.UTF_8);
      int at = position(machine.syncToken());
      do {
        send(machine, store);
        send(machine, store);
        at = sync(machine, network, at);
      } while (at < network.size());
    }
  }

  static int position(Optional<String> token) {
    return token
        .filter(t -> t.startsWith("p"))
        .map(t -> Integer.parseInt(t.substring(1)))
        .orElse(0);
  }

  private int sync(OlmMachine machine, List<String> network, int from) throws Exception {
    int to = Math.min(network.size(), from + BATCH);
    List<JsonNode> events = new ArrayList<>();
    for (String line : network.subList(from, to)) {
      events.add(Json.parseObject(line));
    }
    handOn(
        machine,
        machine.receiveSync(
            new SyncChanges(events, Set.of(), Set.of(), 50, Optional.empty(), "p" + to),
            Instant.now()));
    return to;
  }

  /** The app: writes down what it got, then says so. */
  private void handOn(OlmMachine machine, List<ToDeviceResult> results) throws Exception {
    List<Long> ids = new ArrayList<>();
    for (ToDeviceResult result : results) {
      if (result instanceof ToDeviceResult.Decrypted event) {
        append("app", event.id() + " " + event.content().path("number").asInt());
        ids.add(event.id());
      } else {
        append("app", "0 refused " + result);
      }
    }
    passing(Point.AFTER_HAND_ON);
    machine.acknowledge(ids);
    passing(Point.AFTER_ACKNOWLEDGE);
  }

  private void send(OlmMachine machine, CryptoStore store) throws Exception {
    ObjectNode content = Json.newObject().put("unique", System.nanoTime() + "/" + passesLeft);
    machine.deliver(TYPE, content, Set.of(PEER), Instant.now());
    for (OutgoingRequest request : machine.outgoingRequests(Instant.now())) {
      if (request instanceof OutgoingRequest.ToDevice message) {
        append(
            "from-device",
            message.body().path("messages").path(PEER.userId()).path(PEER.deviceId()).toString());
        passing(Point.AFTER_SEND);
        if (!held.isEmpty()) {
          store.write(held);
        }
        machine.markSent(request.id(), Json.newObject(), Instant.now());
      }
    }
  }

  private void write(CryptoStore store, Changes changes) throws CryptoStoreException {
    boolean sync = changes.syncToken().isPresent();
    boolean encryption = !sync && !changes.sessions().isEmpty();
    if (sync) {
      passing(Point.BEFORE_SYNC_COMMIT);
      if (defect == Defect.TOKEN_BEFORE_INBOX) {
        store.write(Changes.builder().syncToken(changes.syncToken().orElseThrow()).build());
        passing(Point.AFTER_SYNC_COMMIT);
      }
    } else if (encryption) {
      passing(Point.BEFORE_ENCRYPT_COMMIT);
      if (defect == Defect.SEND_BEFORE_COMMIT && held != changes) {
        held = changes;
        return;
      }
      held = Changes.builder().build();
    }
    store.write(changes);
    if (sync) {
      passing(Point.AFTER_SYNC_COMMIT);
    } else if (encryption) {
      passing(Point.AFTER_ENCRYPT_COMMIT);
    }
  }
}

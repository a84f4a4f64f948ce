package io.matrixrtc.e2ee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.cases.ChildJvm;
import io.matrixrtc.e2ee.CrashProgram.Defect;
import io.matrixrtc.e2ee.CrashProgram.Point;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.NormalMessage;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.PreKeyMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that is killed again and again, at named points and at random moments. */
class StoreCrashTest {
  private static final long MAX_MILLIS = 120_000;

  @TempDir Path folder;

  @Test
  void crashesLoseAndRepeatNothing() throws Exception {
    Victim device = new Victim(folder);
    if (Cases.full()) {
      device.prepareQuickStarts();
    }
    Cases.run("e2ee store crashes", 10, 200, (seed, random) -> device.round(seed, random));
    device.live(Point.NEVER, 0, Defect.NONE, Long.MAX_VALUE);
    device.check();
    assertThat(device.violations).isEmpty();
    assertThat(device.appNumbers()).isEqualTo(device.sentNumbers());
    assertThat(device.crashes).as("the device did die").isPositive();
    if (Long.getLong("cases.seed") == null) { // one case is at one point only
      assertThat(device.reached)
          .as("each named point was reached, and the device killed there")
          .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Point.NEVER)));
    }
  }

  @Test
  void controlATokenAheadOfTheInboxIsFound() throws Exception {
    Victim device = new Victim(folder);
    device.post(6);
    device.live(Point.AFTER_SYNC_COMMIT, 1, Defect.TOKEN_BEFORE_INBOX, Long.MAX_VALUE);
    device.check();
    assertThat(device.violations).anyMatch(v -> v.contains("token ahead"));
  }

  @Test
  void controlAMessageKeyUsedTwiceIsFound() throws Exception {
    Victim device = new Victim(folder);
    device.live(Point.AFTER_SEND, 1, Defect.SEND_BEFORE_COMMIT, Long.MAX_VALUE);
    device.live(Point.AFTER_SEND, 1, Defect.SEND_BEFORE_COMMIT, Long.MAX_VALUE);
    device.check();
    assertThat(device.violations).anyMatch(v -> v.contains("key used twice"));
  }

  /** The device's folder, its peer, and what was found wrong. */
  private static final class Victim {
    private final Path folder;
    private final MachineNetwork network = new MachineNetwork(77);
    private final OlmMachine peer;
    private final List<String> violations = new ArrayList<>();
    private ChildJvm children = ChildJvm.plain();
    private int posted;
    private int received;
    private int crashes;
    private final Set<Point> reached = EnumSet.noneOf(Point.class);

    Victim(Path folder) throws Exception {
      this.folder = folder;
      Files.createFile(folder.resolve("to-device"));
      Files.createFile(folder.resolve("from-device"));
      Files.createFile(folder.resolve("app"));
      peer = network.open(CrashProgram.PEER.userId(), CrashProgram.PEER.deviceId());
      try (SqliteCryptoStore store = CrashProgram.open(folder)) {
        OlmMachine machine =
            OlmMachine.open(
                CrashProgram.DEVICE, MachineNetwork.ALL, store, store.stateKey(), network.random());
        network.introduce(peer, machine);
        network.deliver(machine, CrashProgram.TYPE, Json.newObject(), CrashProgram.PEER);
        network.sync(peer);
        network.settle(machine);
      }
    }

    void prepareQuickStarts() throws Exception {
      children =
          ChildJvm.quick(
              folder,
              jvm -> {
                children = jvm;
                live(Point.NEVER, 0, Defect.NONE, Long.MAX_VALUE);
              });
    }

    void round(long seed, SplittableRandom random) throws Exception {
      post(2 + random.nextInt(5));
      Point[] points = Point.values();
      Point point = points[(int) (seed % points.length)];
      long killAfter = point == Point.NEVER ? 200 + random.nextInt(600) : Long.MAX_VALUE;
      live(point, 1 + random.nextInt(2), Defect.NONE, killAfter);
      check();
      assertThat(violations).isEmpty();
    }

    /** The peer sends so many messages. */
    void post(int count) throws Exception {
      for (int i = 0; i < count; i++) {
        network.deliver(
            peer, CrashProgram.TYPE, Json.newObject().put("number", ++posted), CrashProgram.DEVICE);
      }
      for (JsonNode event : network.takeQueue(CrashProgram.DEVICE)) {
        Files.writeString(folder.resolve("to-device"), event + "\n", StandardOpenOption.APPEND);
      }
    }

    /** Runs the device until it has nothing left to do, or is at its point, or its time is over. */
    void live(Point point, int passing, Defect defect, long killAfterMillis) throws Exception {
      List<String> command =
          children.command(
              CrashProgram.class,
              folder.toString(),
              point.name(),
              Integer.toString(passing),
              defect.name());
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      List<String> said = Collections.synchronizedList(new ArrayList<>());
      CompletableFuture<Boolean> arrival =
          CompletableFuture.supplyAsync(() -> isThere(process, point, said));
      boolean ends = false;
      try {
        ends = !arrival.get(Math.min(killAfterMillis, MAX_MILLIS), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        assertThat(killAfterMillis).as("it came to an end: %s", said).isLessThan(MAX_MILLIS);
      } finally {
        if (!ends) {
          process.destroyForcibly();
        }
      }
      assertThat(process.waitFor(MAX_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      int code = process.exitValue();
      if (ends) {
        assertThat(code).as("%s", said).isZero();
      }
      crashes += code == 0 ? 0 : 1;
      if (code != 0 && said.contains(point.arrival())) {
        reached.add(point);
      }
      receive();
    }

    /** Listens until the device says that it waits to be killed; false if it came to its end. */
    private static boolean isThere(Process process, Point point, List<String> said) {
      return process.inputReader().lines().peek(said::add).anyMatch(point.arrival()::equals);
    }

    /** The peer reads what left the device, so that the ratchet turns. */
    private void receive() throws Exception {
      List<String> lines = completeLines("from-device");
      List<JsonNode> events = new ArrayList<>();
      for (String line : lines.subList(received, lines.size())) {
        ObjectNode event =
            Json.newObject()
                .put("type", OlmEnvelope.EVENT_TYPE)
                .put("sender", CrashProgram.DEVICE.userId());
        event.set("content", Json.parseObject(line));
        events.add(event);
      }
      received = lines.size();
      network.sync(peer, events);
    }

    private List<String> completeLines(String file) throws Exception {
      String text = Files.readString(folder.resolve(file));
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    void check() throws Exception {
      checkMessageKeys();
      Map<Long, Integer> numberOf = new HashMap<>();
      Map<Integer, Long> idOf = new HashMap<>();
      for (String line : completeLines("app")) {
        String[] words = line.split(" ");
        note(Long.parseLong(words[0]), words[1], numberOf, idOf);
      }
      try (SqliteCryptoStore store = CrashProgram.open(folder)) {
        OlmMachine machine =
            OlmMachine.open(
                CrashProgram.DEVICE, MachineNetwork.ALL, store, store.stateKey(), network.random());
        for (ToDeviceResult waiting : machine.inbox().events(0, Inbox.MAX_EVENTS)) {
          ToDeviceResult.Decrypted event = (ToDeviceResult.Decrypted) waiting;
          note(event.id(), event.content().path("number").asText(), numberOf, idOf);
        }
        int position = CrashProgram.position(machine.syncToken());
        for (int number = 1; number <= posted; number++) {
          if (number <= position && !idOf.containsKey(number)) {
            violations.add("token ahead of the inbox: " + number + " is lost");
          } else if (number > position && idOf.containsKey(number)) {
            violations.add("inbox ahead of the token: " + number + " will come again");
          }
        }
      }
    }

    private void note(long id, String text, Map<Long, Integer> numberOf, Map<Integer, Long> idOf) {
      if (text.equals("refused")) {
        violations.add("an event was refused");
        return;
      }
      int number = Integer.parseInt(text);
      Integer numberBefore = numberOf.put(id, number);
      Long idBefore = idOf.put(number, id);
      if (numberBefore != null && numberBefore != number || idBefore != null && idBefore != id) {
        violations.add("event " + number + " has not kept its id " + id);
      }
    }

    /** No place of a chain may ever have two ciphertexts. */
    private void checkMessageKeys() throws Exception {
      Map<String, String> seen = new HashMap<>();
      for (String line : completeLines("from-device")) {
        JsonNode entry = Json.parseObject(line).path("ciphertext").elements().next();
        String body = entry.path("body").asText();
        OlmMessage decoded =
            entry.path("type").asInt() == 0
                ? PreKeyMessage.decode(Base64Text.decode(body))
                : NormalMessage.decode(Base64Text.decode(body));
        NormalMessage message =
            decoded instanceof PreKeyMessage preKey ? preKey.message() : (NormalMessage) decoded;
        String place = message.ratchetKey().toBase64() + "/" + message.chainIndex();
        String before = seen.put(place, body);
        if (before != null && !before.equals(body)) {
          violations.add("message key used twice: " + place);
        }
      }
    }

    Set<Integer> appNumbers() throws Exception {
      Set<Integer> numbers = new HashSet<>();
      for (String line : completeLines("app")) {
        numbers.add(Integer.parseInt(line.split(" ")[1]));
      }
      return numbers;
    }

    Set<Integer> sentNumbers() {
      Set<Integer> numbers = new HashSet<>();
      for (int number = 1; number <= posted; number++) {
        numbers.add(number);
      }
      return numbers;
    }
  }
}

package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.agent.AgentRuntime;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.time.VirtualWorld;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import io.matrixrtc.testkit.viewer.TraceViewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A scripted call: a homeserver, a relay in place of the SFU, and devices with real encrypted
 * media.
 *
 * <pre>{@code
 * try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
 *   CallDevice alice = call.device("alice"), bob = call.device("bob"), carol = call.device("carol");
 *   call.start(alice, bob, carol);
 *   call.expectAll().toHearEachOther();
 *   Moment leave = carol.leave();
 *   Moment rotated = call.expect(alice).toHaveRotatedSince(leave);
 *   call.expect(bob).toHear(alice);
 *   call.expect(carol).not().toHear(alice).sentSince(rotated);
 * }
 * }</pre>
 *
 * Used from one thread; {@link #close} ends everything that it started.
 */
public final class CallScript implements AutoCloseable {
  private final ScriptSettings settings;
  private final WorldServer server;
  private final Map<String, CallDevice> devices = new LinkedHashMap<>();
  private final World world;
  private final Verdicts verdicts;
  private String room = "";

  private CallScript(ScriptSettings settings, WorldServer server, Optional<VirtualWorld> virtual)
      throws IOException {
    this.settings = settings;
    this.server = server;
    WorldSettings made =
        new WorldSettings(
            server,
            settings.speed(),
            settings.policy(),
            settings.useDelay(),
            settings.trust(),
            (spec, trace) -> device(spec.name()).start(spec, trace),
            settings.media());
    this.world = virtual.isPresent() ? World.open(made, virtual.get()) : World.open(made);
    this.verdicts = new Verdicts(world, settings);
    world.record(
        new TraceEvent.CallStarted(
            settings.title(), settings.policy(), "", settings.seed(), settings.speed(), 1));
  }

  /**
   * Starts a script's homeserver and relay.
   *
   * @throws ScriptException if they cannot be started
   */
  public static CallScript open(ScriptSettings settings) {
    try {
      return settings.virtualTime()
          ? openVirtual(settings)
          : new CallScript(settings, settings.server().get(), Optional.empty());
    } catch (IOException e) {
      throw new ScriptException("cannot start the relay: " + e.getMessage(), e);
    }
  }

  /** VIRTUAL-NEEDS: what is not in this process cannot wait for a clock that jumps. */
  private static CallScript openVirtual(ScriptSettings settings) throws IOException {
    if (!(settings.server() instanceof EmbeddedServer.Launch launch)) {
      throw new ScriptException(World.VIRTUAL_NEEDS);
    }
    VirtualWorld virtual = VirtualWorld.open();
    try {
      return new CallScript(settings, launch.in(virtual, settings.seed()), Optional.of(virtual));
    } catch (IOException | RuntimeException e) {
      virtual.close();
      throw e;
    }
  }

  /** What the next of this script's own devices runs on; empty for threads of its own. */
  Optional<AgentRuntime> runtime(String device) {
    return settings.virtualTime()
        ? Optional.of(world.runtime(settings.seed() * 31 + device.hashCode()))
        : Optional.empty();
  }

  /**
   * A device, made when it is first asked for.
   *
   * @param name {@code alice}, or {@code alice/tablet} for a further device of the same user; lower
   *     case
   */
  public CallDevice device(String name) {
    if (!name.matches("[a-z0-9]+(/[a-z0-9]+)?")) {
      throw new IllegalArgumentException("device: want user or user/device, got " + name);
    }
    return devices.computeIfAbsent(
        name,
        full -> {
          String user = full.substring(0, full.contains("/") ? full.indexOf('/') : full.length());
          String deviceId = full.replace("/", "").toUpperCase(Locale.ROOT);
          return new CallDevice(this, full, user, deviceId);
        });
  }

  /** All devices that the script has named, in that order. */
  public List<CallDevice> devices() {
    return List.copyOf(devices.values());
  }

  /** Signs devices in, all at once, and has them join the call one after the other. */
  public Moment start(CallDevice... some) {
    Moment before = now("the start");
    admit(List.of(some));
    for (CallDevice device : some) {
      device.join();
    }
    return before;
  }

  /** Signs devices in and has them enter the room, if they are not there. Not yet the call. */
  public void admit(List<CallDevice> some) {
    List<CallDevice> fresh = some.stream().filter(device -> !device.isSignedIn()).toList();
    List<Participant> entering = new ArrayList<>();
    for (CallDevice device : fresh) {
      device.signedInAs(world.participant(device.name(), device.user(), device.deviceId()));
      entering.add(device.participant());
    }
    world.together(entering, Participant::signIn);
    if (!settings.trust().equals("all")) {
      fresh.forEach(this::identify);
    }
    if (room.isEmpty() && !entering.isEmpty()) {
      room = entering.get(0).createRoom(settings.title());
    }
    world.together(entering, participant -> participant.enterRoom(room));
    introduce(entering);
  }

  /** Has everyone who must know others' devices beforehand wait until it does. */
  private void introduce(List<Participant> fresh) {
    if (fresh.isEmpty()) {
      return;
    }
    List<Participant> there =
        devices().stream().filter(CallDevice::isThere).map(CallDevice::participant).toList();
    world.together(
        there,
        one ->
            there.stream()
                .filter(other -> !other.equals(one))
                .filter(other -> fresh.contains(one) || fresh.contains(other))
                .forEach(one::meet));
  }

  private void identify(CallDevice device) {
    List<CallDevice> ofUser =
        devices().stream()
            .filter(one -> one.user().equals(device.user()) && one.isSignedIn())
            .toList();
    CallDevice first = ofUser.get(0);
    if (first.equals(device)) {
      device.participant().setUpIdentity();
    } else if (device.isSigned()) {
      first.participant().sign(device.participant());
    }
  }

  /** This moment, to refer to later. */
  public Moment now(String label) {
    return new Moment(label, world.clock().instant(), world.view().mark());
  }

  /** Lets the call go on for some media time. */
  public void goOn(Duration mediaTime) {
    world.await(world.clock().elapsed().plus(mediaTime));
  }

  /** What is expected of a device. */
  public Expect expect(CallDevice device) {
    return new Expect(device, verdicts);
  }

  /** What is expected of a fault: a script that nothing went wrong in has shown nothing. */
  public ExpectFault expect(Faults.Running fault) {
    return new ExpectFault(fault, verdicts);
  }

  /** What is expected of all devices that are in the call now. */
  public ExpectAll expectAll() {
    return new ExpectAll(
        this, devices.values().stream().filter(CallDevice::isInCall).toList(), verdicts);
  }

  /** What is expected of those who see all traffic and should understand nothing. */
  public ExpectServer expectServer() {
    return new ExpectServer(this, verdicts);
  }

  /**
   * Runs expectations of which several may fail; then fails once, with all of them.
   *
   * @throws UnmetExpectation after {@code expectations}, if any was not met
   */
  public void softly(Runnable expectations) {
    verdicts.softly(expectations);
  }

  /** What goes wrong, one line each. */
  public CallFaults faults() {
    return new CallFaults(world.faults(), settings.seed());
  }

  /** Seeded: the same draws in each run. */
  public SplittableRandom random() {
    return new SplittableRandom(settings.seed());
  }

  public ScriptSettings settings() {
    return settings;
  }

  /** The world beneath, for what scripts seldom need. */
  public World world() {
    return world;
  }

  WorldServer server() {
    return server;
  }

  /** What has happened so far. */
  public Trace trace() {
    return world.trace();
  }

  /**
   * Writes what has happened so far, at any time and as often as wanted, also after {@link #close}:
   * as a page that needs nothing else if the name ends in {@code .html}, else as JSON lines, of
   * which {@code matrixrtc trace show} makes the page. Media keys are fingerprints in both. Missing
   * folders are made, and a file that is there is written over.
   *
   * @throws ScriptException if it cannot be written there
   */
  public void writeTrace(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (file.toString().endsWith(".html")) {
        TraceViewer.write(file, trace(), settings.title());
      } else {
        TraceJson.write(file, trace());
      }
    } catch (IOException e) {
      throw new ScriptException("cannot write the trace to " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    verdicts.close();
    world.close();
  }
}

package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One device of a user in a scripted call. A step returns when it is done, and throws {@link
 * io.matrixrtc.testkit.ScriptException} if it cannot be. Used from the script's thread.
 */
public final class CallDevice {
  private final CallScript call;
  private final String name;
  private final String user;
  private final String deviceId;
  private final Set<ParticipantAnswer.HeldKey> keptKeys = new LinkedHashSet<>();
  private KeyWiring wiring = KeyWiring.OURS;
  private WorldSettings.Starter player = this::startOurs;
  private boolean signed = true;
  private boolean inCall;
  private boolean gone;
  private @Nullable Participant participant;

  CallDevice(CallScript call, String name, String user, String deviceId) {
    this.call = call;
    this.name = name;
    this.user = user;
    this.deviceId = deviceId;
  }

  /** Gives it other key management than the library's. Before it first signs in. */
  public CallDevice withKeys(KeyWiring other) {
    if (participant != null) {
      throw new IllegalStateException(name + " is signed in already");
    }
    wiring = other;
    return this;
  }

  /**
   * Has it played by somebody else than the library, for example by another implementation behind a
   * {@link io.matrixrtc.testkit.agent.ForeignAgent}: see {@link DevicePlayer}. Before it first
   * signs in.
   *
   * @throws ScriptException in virtual time
   */
  public CallDevice playedBy(WorldSettings.Starter other) {
    if (participant != null) {
      throw new IllegalStateException(name + " is signed in already");
    }
    if (call.settings().virtualTime()) {
      throw new ScriptException(World.VIRTUAL_NEEDS);
    }
    player = other;
    return this;
  }

  /** Leaves it unsigned by its user, until {@link #signedBy}. Before it first signs in. */
  public CallDevice unsigned() {
    signed = false;
    return this;
  }

  public String name() {
    return name;
  }

  /** {@code user:device}: what it is called in the trace. */
  public String identity() {
    return participant().identity();
  }

  String userId() {
    return participant().spec().userId();
  }

  /** Whether it has joined the call, and not left it since. */
  public boolean isInCall() {
    return inCall;
  }

  String user() {
    return user;
  }

  String deviceId() {
    return deviceId;
  }

  private ParticipantPort startOurs(ParticipantSpec spec, Consumer<TraceEntry> trace) {
    return call.runtime(name)
        .map(runtime -> new ParticipantAgent(spec, trace, wiring, runtime))
        .orElseGet(() -> new ParticipantAgent(spec, trace, wiring));
  }

  ParticipantPort start(ParticipantSpec spec, Consumer<TraceEntry> trace) throws IOException {
    return player.start(spec, trace);
  }

  boolean isSigned() {
    return signed;
  }

  boolean isSignedIn() {
    return participant != null;
  }

  /** Whether it is signed in and has not crashed. */
  boolean isThere() {
    return participant != null && !gone;
  }

  void signedInAs(Participant in) {
    participant = in;
  }

  /** The device itself, for steps that scripts seldom need. */
  public Participant participant() {
    Participant in = participant;
    if (in == null) {
      throw new IllegalStateException(name + " has not signed in: start or join first");
    }
    return in;
  }

  /** Joins the call and sends media at once. Signs in and enters the room first if need be. */
  public Moment join() {
    call.admit(List.of(this));
    Moment before = call.now(name + " joined");
    participant().joinCall();
    participant().startMedia(call.world().clock().elapsed());
    inCall = true;
    return before;
  }

  /** Leaves the call; it can join again. */
  public Moment leave() {
    Moment before = call.now(name + " left");
    inCall = false;
    participant().leaveCall();
    return before;
  }

  /** Loads the page again: no leave, session and media keys are gone. Then joins anew. */
  public Moment reload() {
    Moment before = call.now(name + " was loaded again");
    keepKeys();
    participant().reload();
    participant().joinCall();
    participant().startMedia(call.world().clock().elapsed());
    return before;
  }

  /**
   * Dies without a word. Others learn of it when its membership ends: by the server's delayed leave
   * (see {@link CallFaults#deadManSwitchFires}), or by expiry.
   */
  public Moment crash() {
    keepKeys();
    Moment before = call.now(name + " crashed");
    participant().close();
    gone = true;
    inCall = false;
    call.world()
        .record(new TraceEvent.PresenceChanged(identity(), Presence.LOST, "its process died"));
    return before;
  }

  /** Sends no media until {@link #unmute}. */
  public Moment mute() {
    Moment before = call.now(name + " was muted");
    participant().mute();
    return before;
  }

  /** Goes on sending. */
  public Moment unmute() {
    Moment before = call.now(name + " was unmuted");
    participant().unmute();
    return before;
  }

  /** Is signed by its user on another device of that user, after a look at what it shows. */
  public Moment signedBy(CallDevice other) {
    Moment before = call.now(name + " was signed");
    other.participant().sign(participant());
    signed = true;
    return before;
  }

  /** Everything that it ever encrypted with or was given, by its owner. Secret. */
  List<byte[]> materials() {
    keepKeys();
    List<byte[]> materials = new ArrayList<>();
    keptKeys.forEach(key -> materials.add(Base64.getDecoder().decode(key.keyBase64())));
    return materials;
  }

  /** The media keys that it encrypted with itself, in base64. Secret. */
  Set<String> ownKeys() {
    keepKeys();
    Set<String> own = new LinkedHashSet<>();
    keptKeys.stream()
        .filter(key -> key.sender().equals(identity()))
        .forEach(key -> own.add(key.keyBase64()));
    return own;
  }

  private void keepKeys() {
    if (!gone) {
      keptKeys.addAll(participant().reveal().keys());
    }
  }

  @Override
  public String toString() {
    return name;
  }
}

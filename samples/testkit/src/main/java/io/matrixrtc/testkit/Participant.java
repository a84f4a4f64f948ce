package io.matrixrtc.testkit;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.time.ScriptTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * One device in a scripted call. Every step waits until it is done and throws {@link
 * ScriptException} if it cannot be; {@link #ask} does not wait.
 */
public final class Participant implements AutoCloseable {
  /** The longest that one step may take. */
  public static final Duration STEP_TIMEOUT = Duration.ofSeconds(60);

  private final ParticipantPort port;
  private final ScriptTime time;

  Participant(ParticipantPort port) {
    this(port, ScriptTime.REAL);
  }

  Participant(ParticipantPort port, ScriptTime time) {
    this.port = port;
    this.time = time;
  }

  public ParticipantSpec spec() {
    return port.spec();
  }

  /** What it is called in tables and reports. */
  public String name() {
    return spec().name();
  }

  /** {@code user:device}: the identity that its media travels under. */
  public String identity() {
    return spec().identity();
  }

  /** Signs in, uploads keys, starts to sync. */
  public void signIn() {
    step(new ParticipantRequest.SignIn());
  }

  /** Gives its user a cross-signing identity, which signs this device. */
  public void setUpIdentity() {
    step(new ParticipantRequest.SetUpIdentity());
  }

  /** Signs another device of its user, after a look at what that one shows. */
  public void sign(Participant other) {
    String shown =
        other
            .step(new ParticipantRequest.ShowFingerprint(), ParticipantAnswer.Fingerprint.class)
            .ed25519();
    step(new ParticipantRequest.SignDevice(other.spec().deviceId(), shown));
  }

  /** Makes the room of the call and returns its id. */
  public String createRoom(String name) {
    return step(new ParticipantRequest.CreateRoom(name), ParticipantAnswer.Room.class).roomId();
  }

  /** Joins the room, not yet its call. */
  public void enterRoom(String roomId) {
    step(new ParticipantRequest.EnterRoom(roomId));
  }

  /**
   * Waits until it has heard of another's device. Our own look devices up when they need to; some
   * implementations give no key to a device that they do not know yet, and say nothing.
   */
  public void meet(Participant other) {
    DeviceAddress device = new DeviceAddress(other.spec().userId(), other.spec().deviceId());
    CompletableFuture<Boolean> met = port.meets(device).toCompletableFuture();
    try {
      await(met, "to hear of " + other.name() + "'s device");
    } finally {
      met.cancel(false);
    }
  }

  /** Forgets the call without leaving it, as a page does that is loaded again. */
  public void reload() {
    step(new ParticipantRequest.Reload());
  }

  /** Joins the call: membership, keys, relay. */
  public void joinCall() {
    step(new ParticipantRequest.JoinCall());
  }

  /**
   * Waits until its newest key is in use and served to all others, and theirs have come.
   *
   * @param others how many other devices are in the call
   */
  public void settle(int others) {
    step(new ParticipantRequest.Settle(others));
  }

  /** Plays its clips from a media time on. */
  public void startMedia(Duration at) {
    step(new ParticipantRequest.StartMedia(at.toMillis()));
  }

  public void mute() {
    step(new ParticipantRequest.Mute());
  }

  public void unmute() {
    step(new ParticipantRequest.Unmute());
  }

  /** Leaves the call; stays signed in and in the room. */
  public void leaveCall() {
    step(new ParticipantRequest.LeaveCall());
  }

  /** Sends a key message by hand, for attacks and their controls. */
  public void sendKey(ParticipantRequest.SendKey forged) {
    step(forged);
  }

  /** Posts an unencrypted text to the room. */
  public void postMessage(String text) {
    step(new ParticipantRequest.PostMessage(text));
  }

  /** Every media key that it ever used or was given. */
  public ParticipantAnswer.Holdings reveal() {
    return step(new ParticipantRequest.Reveal(), ParticipantAnswer.Holdings.class);
  }

  /** Frames sent, decrypted and lost up to now. */
  public ParticipantAnswer.Counts count() {
    return step(new ParticipantRequest.Count(), ParticipantAnswer.Counts.class);
  }

  /** Writes what it heard of each sender, and says how much that was. */
  public ParticipantAnswer.Recordings record(Path directory) {
    return step(
        new ParticipantRequest.Record(directory.toString()), ParticipantAnswer.Recordings.class);
  }

  /** Signs out; the participant is of no further use. */
  public void signOut() {
    step(new ParticipantRequest.SignOut());
  }

  /** Asks without waiting. */
  public CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
    return port.ask(request);
  }

  private void step(ParticipantRequest request) {
    step(request, ParticipantAnswer.Done.class);
  }

  private <A extends ParticipantAnswer> A step(ParticipantRequest request, Class<A> wanted) {
    ParticipantAnswer answer = await(request);
    if (answer instanceof ParticipantAnswer.Failed failed) {
      throw new ScriptException(name() + ": " + failed.sentence());
    }
    return wanted.cast(answer);
  }

  private ParticipantAnswer await(ParticipantRequest request) {
    return await(port.ask(request).toCompletableFuture(), request.getClass().getSimpleName());
  }

  private <T> T await(CompletableFuture<T> running, String step) {
    try {
      return time.await(running, STEP_TIMEOUT);
    } catch (ExecutionException e) {
      throw new ScriptException(name() + ": " + step + " failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new ScriptException(
          name() + ": " + step + " is not done after " + STEP_TIMEOUT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException(name() + ": interrupted in " + step, e);
    }
  }

  @Override
  public void close() {
    port.close();
  }

  @Override
  public String toString() {
    return name();
  }
}

package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.function.Consumer;

/**
 * A device of another implementation, which makes its own media keys and takes those of others:
 * what a {@link ForeignAgent} plays a call with. The methods block until the step is done, and are
 * called one at a time; what they throw fails the step, with its message.
 *
 * <p>Not every implementation can do everything. The steps that are called optional here need not
 * be there; a script that asks for one then fails, and says what is missing.
 */
public interface ForeignSession extends AutoCloseable {

  /** Takes the keys as that implementation hands them to its media layer. Any thread may call. */
  interface Keys {
    /**
     * Own media is to be encrypted with this key from now on.
     *
     * @param index 0 to 255
     * @param material 16 to 64 bytes, copied
     */
    void onOwnKey(int index, byte[] material);

    /** Media of {@code owner} may come under this key. */
    void onRemoteKey(DeviceAddress owner, int index, byte[] material);

    /**
     * An own key was handed to the homeserver for a device, whether or not it is in use yet. For
     * implementations whose messages can be seen; without it nobody can ask what was served.
     */
    default void onServed(DeviceAddress to, int index, byte[] material) {}

    /**
     * An own key could not be, or was not to be, given to a device.
     *
     * @param reason for people
     */
    default void onNotServed(DeviceAddress to, int index, byte[] material, String reason) {}
  }

  /**
   * Has it write the call's messages that it sends into {@code trace}: their clear and their sent
   * form, both without secrets, as {@link io.matrixrtc.testkit.trace.RedactedJson} has them. Called
   * once, before anything else. Of one that does not, the messages are seen at the homeserver,
   * where that can be listened to, and what was meant by an encrypted one is not known.
   *
   * @param trace takes {@link TraceEvent.MessageSent}; from any thread
   * @return whether it does
   */
  default boolean tracesMessages(Consumer<TraceEvent> trace) {
    return false;
  }

  /** Signs in as the device that {@code spec} names, publishes its keys and starts to sync. */
  void signIn(ParticipantSpec spec) throws InterruptedException;

  /** Gives the user a cross-signing identity, which signs this device. */
  void setUpIdentity() throws InterruptedException;

  /** Makes an encrypted room that anyone may join and call in; returns its id. */
  String createRoom(String name) throws InterruptedException;

  /** Joins the room, not yet its call. */
  void enterRoom(String roomId) throws InterruptedException;

  /** Joins the call; from now on {@code keys} are told. */
  void joinCall(String roomId, Keys keys) throws InterruptedException;

  /** Leaves the call. */
  void leaveCall() throws InterruptedException;

  /**
   * Forgets the call without leaving it, as a page does that is loaded again: its session and media
   * keys are gone; its device is the same, signed in and in the room. Optional.
   */
  default void reload() throws InterruptedException {
    throw new UnsupportedOperationException("cannot be loaded again");
  }

  /**
   * Its own microphone and camera, where it has any. The media that the others hear is muted by the
   * test kit.
   */
  default void mute(boolean muted) throws InterruptedException {}

  /** Its Ed25519 key in base64, as its screen would show it. Optional. */
  default String fingerprint() throws InterruptedException {
    throw new UnsupportedOperationException("does not show its key");
  }

  /** Signs another device of its user, whose key was compared. Optional. */
  default void signDevice(String deviceId, String fingerprint) throws InterruptedException {
    throw new UnsupportedOperationException("cannot sign other devices");
  }

  /**
   * Whether it has heard of a device of another participant. Those who give no key to a device that
   * they do not know, and do not try again, answer this: a script then waits until it is so before
   * anybody joins. Looked at again and again, so it must not block for long.
   */
  default boolean knows(DeviceAddress other) throws InterruptedException {
    return true;
  }

  /** Ends it without ceremony. Nothing is told any more. */
  @Override
  void close();
}

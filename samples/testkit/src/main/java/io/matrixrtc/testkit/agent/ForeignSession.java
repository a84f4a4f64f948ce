package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.DeviceAddress;

/**
 * A device of another implementation, which makes its own media keys and takes those of others:
 * what a {@link ForeignAgent} plays a call with. The methods block until the step is done, and are
 * called one at a time; what they throw fails the step, with its message.
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

  /** Ends it without ceremony. Nothing is told any more. */
  @Override
  void close();
}

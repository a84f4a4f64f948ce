package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** What a script asks of a participant. Each has one {@link ParticipantAnswer}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ParticipantRequest.SignIn.class, name = "sign-in"),
  @JsonSubTypes.Type(value = ParticipantRequest.SetUpIdentity.class, name = "set-up-identity"),
  @JsonSubTypes.Type(value = ParticipantRequest.ShowFingerprint.class, name = "show-fingerprint"),
  @JsonSubTypes.Type(value = ParticipantRequest.SignDevice.class, name = "sign-device"),
  @JsonSubTypes.Type(value = ParticipantRequest.CreateRoom.class, name = "create-room"),
  @JsonSubTypes.Type(value = ParticipantRequest.EnterRoom.class, name = "enter-room"),
  @JsonSubTypes.Type(value = ParticipantRequest.Reload.class, name = "reload"),
  @JsonSubTypes.Type(value = ParticipantRequest.JoinCall.class, name = "join-call"),
  @JsonSubTypes.Type(value = ParticipantRequest.Settle.class, name = "settle"),
  @JsonSubTypes.Type(value = ParticipantRequest.StartMedia.class, name = "start-media"),
  @JsonSubTypes.Type(value = ParticipantRequest.Mute.class, name = "mute"),
  @JsonSubTypes.Type(value = ParticipantRequest.Unmute.class, name = "unmute"),
  @JsonSubTypes.Type(value = ParticipantRequest.LeaveCall.class, name = "leave-call"),
  @JsonSubTypes.Type(value = ParticipantRequest.SendKey.class, name = "send-key"),
  @JsonSubTypes.Type(value = ParticipantRequest.PostMessage.class, name = "post-message"),
  @JsonSubTypes.Type(value = ParticipantRequest.Reveal.class, name = "reveal"),
  @JsonSubTypes.Type(value = ParticipantRequest.Count.class, name = "count"),
  @JsonSubTypes.Type(value = ParticipantRequest.Record.class, name = "record"),
  @JsonSubTypes.Type(value = ParticipantRequest.SignOut.class, name = "sign-out")
})
public sealed interface ParticipantRequest {

  /** Sign in, upload keys, start to sync. */
  record SignIn() implements ParticipantRequest {}

  /** Give the user a cross-signing identity, which signs this device. */
  record SetUpIdentity() implements ParticipantRequest {}

  /** Say what this device's Ed25519 key is, as a screen would show it. */
  record ShowFingerprint() implements ParticipantRequest {}

  /**
   * Sign another device of the same user.
   *
   * @param deviceId which
   * @param fingerprint its Ed25519 key in base64, as that device shows it
   */
  record SignDevice(String deviceId, String fingerprint) implements ParticipantRequest {}

  /** Make the room of the call, encrypted, where every member may take part in calls. */
  record CreateRoom(String name) implements ParticipantRequest {}

  /** Join the room (not yet its call). */
  record EnterRoom(String roomId) implements ParticipantRequest {}

  /**
   * Forget the call without leaving it, as a page does that is loaded again: its session and media
   * keys are gone, its device and crypto store stay.
   */
  record Reload() implements ParticipantRequest {}

  /** Join the call of the room: membership, keys, relay. */
  record JoinCall() implements ParticipantRequest {}

  /**
   * Wait until the newest own key is in use and served to all others, and theirs have come.
   *
   * @param others how many other devices are in the call
   */
  record Settle(int others) implements ParticipantRequest {}

  /** Play both clips from a media time on. */
  record StartMedia(long mediaMillis) implements ParticipantRequest {}

  /** Send no frames until {@link Unmute}. */
  record Mute() implements ParticipantRequest {}

  /** Go on with the frame after the last one sent. */
  record Unmute() implements ParticipantRequest {}

  /** Leave the call: keys, relay, membership. Stays signed in. */
  record LeaveCall() implements ParticipantRequest {}

  /**
   * Send a key message by hand, past the key manager: for attacks and their controls.
   *
   * @param toUser user to send to
   * @param toDevice device to send to
   * @param claimedDevice what the message says about its sender
   * @param index key index it announces
   * @param keyBase64 the key
   * @param encrypted Olm-encrypted, else in the clear
   */
  record SendKey(
      String toUser,
      String toDevice,
      String claimedDevice,
      int index,
      String keyBase64,
      boolean encrypted)
      implements ParticipantRequest {}

  /** Post an unencrypted text to the room: plants something for a search to find. */
  record PostMessage(String text) implements ParticipantRequest {}

  /** Say which media keys were ever used or received. */
  record Reveal() implements ParticipantRequest {}

  /** Say how many frames were sent, decrypted, lost. */
  record Count() implements ParticipantRequest {}

  /**
   * Write what was heard of each sender.
   *
   * @param directory where to; null to write nothing and only report
   */
  record Record(@Nullable String directory) implements ParticipantRequest {}

  /** Sign out and end. */
  record SignOut() implements ParticipantRequest {}
}

package io.matrixrtc.client;

import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.e2ee.IdentityAlarm;
import io.matrixrtc.e2ee.KeyChanges;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyRequestEvent;
import io.matrixrtc.e2ee.SecretEvent;
import io.matrixrtc.e2ee.SignatureFailure;
import io.matrixrtc.e2ee.ToDeviceResult;

/** What an encrypted client tells its app. */
public sealed interface ClientEvent {

  /** How the sync loop fares. */
  record Sync(SyncStatus status) implements ClientEvent {}

  /** The login was renewed, waits for a new one, or has ended. */
  record Login(LoginStatus status) implements ClientEvent {}

  /** A to-device event came, or was refused. In the order of arrival. */
  record ToDevice(ToDeviceResult result) implements ClientEvent {}

  /** A sync brought something of a room, messages included. */
  record Room(String roomId, RoomSection changes) implements ClientEvent {}

  /** Devices or identities, our own included, are other than before. */
  record KeysChanged(KeyChanges changes) implements ClientEvent {}

  /**
   * The homeserver holds one-time keys that this device does not know: its store was lost, or is an
   * older copy, and messages to those keys cannot be read. Only a new login mends it. Told once.
   */
  record OneTimeKeysLost() implements ClientEvent {}

  /** Something changed behind our user's back; the app tells its user. */
  record Alarm(IdentityAlarm alarm) implements ClientEvent {}

  /** A secret went from or to another device of our user, or was refused. */
  record SecretNews(SecretEvent news) implements ClientEvent {}

  /** The homeserver did not take a signature of ours. */
  record SignatureFailed(SignatureFailure failure) implements ClientEvent {}

  /**
   * An encrypted event of a room's timeline was read, or was not. Told again once its key came.
   *
   * @param roomId the room that it was found in
   */
  record RoomEvent(String roomId, RoomEventResult result) implements ClientEvent {}

  /** A room key was asked for among our user's devices, given, or refused. */
  record KeyRequestNews(RoomKeyRequestEvent news) implements ClientEvent {}

  /** The Olm machine or its store failed; the client must be closed and opened again. */
  record EncryptionFailed(String why) implements ClientEvent {}
}

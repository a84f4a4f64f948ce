package io.matrixrtc.client;

import io.matrixrtc.client.SyncAnswer.RoomSection;
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

  /** The Olm machine or its store failed; the client must be closed and opened again. */
  record EncryptionFailed(String why) implements ClientEvent {}
}

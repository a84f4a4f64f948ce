package io.matrixrtc.e2ee;

/**
 * The end of what {@link RoomEncryption#encrypt} began.
 *
 * @param id the id that it returned
 * @param roomId the room
 * @param outcome what became of it
 */
public record CompletedRoomEvent(String id, String roomId, RoomEncryptionOutcome outcome) {}

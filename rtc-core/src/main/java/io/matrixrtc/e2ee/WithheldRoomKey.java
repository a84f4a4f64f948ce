package io.matrixrtc.e2ee;

/**
 * A notice that a room key is kept from us. It is not authenticated: a hint why a key is missing,
 * nothing more.
 *
 * @param id the key
 * @param code why
 * @param sender the user who is said to keep it from us
 */
public record WithheldRoomKey(RoomKeyId id, WithheldCode code, String sender) {}

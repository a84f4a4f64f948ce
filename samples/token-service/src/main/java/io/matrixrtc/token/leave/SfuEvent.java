package io.matrixrtc.token.leave;

/**
 * What the SFU reports about a participant.
 *
 * @param roomAlias the LiveKit room
 * @param identity the participant identity
 * @param kind what happened
 */
public record SfuEvent(String roomAlias, String identity, Kind kind) {
  /** What happened. */
  public enum Kind {
    /** It joined. */
    JOINED,
    /** It left because it wanted to. */
    LEFT_ON_PURPOSE,
    /** It left, or its connection failed. */
    LEFT
  }
}

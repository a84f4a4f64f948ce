package io.matrixrtc.session;

/**
 * The id of a delayed event (MSC4140). Whoever knows it can send, restart or cancel the event, so
 * it is a secret: a log shows none of it.
 *
 * @param value as the homeserver gave it
 */
public record DelayId(String value) {
  @Override
  public String toString() {
    return "DelayId[" + value.length() + " chars]";
  }
}

package io.matrixrtc.homeserver.rooms;

/** Takes events that are to be sent later (MSC4140). Called on the state thread. */
@FunctionalInterface
public interface Postponement {
  /** Returns the id of the delayed event, or ends the request with an error. */
  String postpone(EventDraft draft, long delayMillis);
}

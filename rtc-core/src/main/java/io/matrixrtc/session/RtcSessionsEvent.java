package io.matrixrtc.session;

/** What happens in the sessions of several rooms. */
public sealed interface RtcSessionsEvent {
  /** The room. */
  String roomId();

  /** A call began: a room without members has some now. */
  record SessionStarted(String roomId, RtcSession session) implements RtcSessionsEvent {}

  /** A call ended: a room that had members has none now. */
  record SessionEnded(String roomId, RtcSession session) implements RtcSessionsEvent {}

  /** Something else happened in a session. */
  record InSession(String roomId, RtcSession session, SessionEvent event)
      implements RtcSessionsEvent {}
}

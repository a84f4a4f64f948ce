package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.MalformedMessageException;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.api.WidgetMessage;
import io.matrixrtc.widget.host.HostEvent.DropReason;
import io.matrixrtc.widget.host.HostEvent.EndReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The host side of one widget session, without I/O: each method takes what has happened and the
 * time, and returns what is to be done, in order. Not thread-safe; {@link WidgetHost} confines it.
 *
 * <p>A session begins when the iframe gets its address. Each document in it negotiates for itself:
 * when there is another one, grants, open requests and delayed events of the one before are void. A
 * second {@code content_loaded} tells of it, or the {@code load} event, whichever comes first. It
 * ends with {@link #close}, or when the widget floods it; then nothing is answered.
 */
public final class WidgetHostMachine {
  private final HostSession session;
  private final RoomAccess rooms;
  private final WidgetVersions versions;
  private final Negotiation negotiation;
  private final StatePush state;
  private final EventFeed events;
  private final ToDeviceFeed toDevice;
  private final DelayedEvents delayed;
  private final OpenIdExchange openId;
  private final TurnWatch turn;
  private final WidgetRequests requests;
  private boolean loadIsDue = true; // of the document that is there now
  private boolean ended;

  /**
   * @param ids makes request ids that nobody can guess; never the same twice
   */
  public WidgetHostMachine(
      HostedWidget widget, HostLimits limits, RoomView view, Supplier<String> ids) {
    session = new HostSession(widget, limits, view, ids);
    rooms = new RoomAccess(session);
    versions = new WidgetVersions(session);
    state = new StatePush(session, rooms, versions);
    events = new EventFeed(session, rooms);
    toDevice = new ToDeviceFeed(session, rooms);
    delayed = new DelayedEvents(session);
    openId = new OpenIdExchange(session);
    turn = new TurnWatch(session);
    negotiation = new Negotiation(session, new GrantedPushes(rooms, state, events)::onGranted);
    Map<WidgetAction, ActionHandler> handlers =
        Handlers.of(session, rooms, versions, negotiation, delayed, openId, turn);
    requests =
        new WidgetRequests(
            session,
            handlers,
            action ->
                negotiation.isReady()
                    || action == WidgetAction.SUPPORTED_API_VERSIONS
                    || action == WidgetAction.CONTENT_LOADED);
  }

  /**
   * The iframe's {@code load} event. It comes after the document's scripts have run, so often after
   * its {@code content_loaded}; one that nothing was heard of before is of another document.
   */
  public List<HostEffect> onFrameLoaded(Instant now) {
    return during(
        now,
        () -> {
          if (!loadIsDue) {
            beginNextDocument();
          }
          loadIsDue = false;
          negotiation.onLoaded();
        });
  }

  /**
   * The page that shows the iframe is gone, and the document in it: nothing is pushed until the
   * next one has said what it wants.
   */
  public List<HostEffect> onPageGone(Instant now) {
    return during(
        now,
        () -> {
          beginNextDocument();
          loadIsDue = true;
        });
  }

  private void beginNextDocument() { // GRANT-RELOAD
    forgetDocument();
    session.report(new HostEvent.Reloaded());
    negotiation.onNextDocument();
  }

  private void forgetDocument() {
    session.pushes().reset();
    requests.reset();
    session.calls().reset();
    versions.reset();
    state.reset();
    openId.reset();
    turn.stop();
    delayed.reset();
  }

  /** The host page has relayed a message. */
  public List<HostEffect> onMessage(FrameMessage message, Instant now) {
    return during(
        now,
        () -> {
          Optional<DropReason> dropped = accept(message);
          if (dropped.isPresent()) {
            session.report(new HostEvent.Dropped(dropped.get()));
            session.strike();
          }
          if (session.hasTooManyStrikes()) { // FLOOD-END
            end(EndReason.FLOODED_BY_WIDGET);
          }
        });
  }

  private Optional<DropReason> accept(FrameMessage message) {
    if (!message.fromWidgetFrame()) { // SOURCE-FRAME
      return Optional.of(DropReason.WRONG_SOURCE);
    }
    if (!message.origin().equals(session.widget().origin())) { // SOURCE-ORIGIN
      return Optional.of(DropReason.WRONG_ORIGIN);
    }
    WidgetMessage read;
    try {
      read = session.limits().reader().read(message.text());
    } catch (MalformedMessageException e) {
      return Optional.of(
          e.reason() == MalformedMessageException.Reason.TOO_LONG
              ? DropReason.TOO_LONG
              : DropReason.MALFORMED);
    }
    if (!read.widgetId().equals(session.widget().widgetId())) { // SOURCE-ID
      return Optional.of(DropReason.WRONG_WIDGET_ID);
    }
    boolean isReply = read.response().isPresent();
    if (isReply != (read.direction() == Direction.TO_WIDGET)) { // DIRECTION
      return Optional.of(DropReason.WRONG_DIRECTION);
    }
    if (isReply) {
      return session.pushes().onReply(read);
    }
    if (isOfNextDocument(read)) { // whose load event is still to come
      beginNextDocument();
      loadIsDue = true;
    }
    return requests.onRequest(read);
  }

  private boolean isOfNextDocument(WidgetMessage request) { // GRANT-RELOAD
    return request.action().equals(WidgetAction.CONTENT_LOADED.wireName())
        && negotiation.hasHeardContentLoaded()
        && !requests.isRepeated(request);
  }

  /**
   * A call to a port has come back; after the end only those of delayed events count (DELAY-END).
   * Unknown ids are ignored.
   */
  public List<HostEffect> onResult(long callId, DriverResult<?> result, Instant now) {
    if (ended) {
      session.setNow(now);
      session.calls().onResult(callId, result);
      return session.takeEffects();
    }
    return during(now, () -> session.calls().onResult(callId, result));
  }

  /** An event of a room that has happened since the session began, decrypted. */
  public List<HostEffect> onRoomEvent(String roomId, ObjectNode event, Instant now) {
    return whenReady(now, () -> events.onEvent(roomId, event));
  }

  /** The current state of a room has changed by these events. */
  public List<HostEffect> onStateChanged(String roomId, List<ObjectNode> changed, Instant now) {
    return whenReady(now, () -> state.onChange(roomId, changed));
  }

  /** A to-device message for the account. */
  public List<HostEffect> onToDevice(IncomingToDevice message, Instant now) {
    return whenReady(now, () -> toDevice.onMessage(message));
  }

  /** New TURN credentials. */
  public List<HostEffect> onTurnServers(TurnDriver.TurnServers servers, Instant now) {
    return whenReady(now, () -> turn.onServers(servers));
  }

  /**
   * The user looks at another room.
   *
   * @throws IllegalStateException if the widget is pinned to one
   */
  public List<HostEffect> onViewedRoom(String roomId, Instant now) {
    rooms.view(roomId);
    return whenReady(now, state::onViewed);
  }

  /**
   * Asks the widget something of the app's own: theme, language, hang up, mute.
   *
   * @param then told the answer, during a later call of this machine
   */
  public List<HostEffect> request(
      WidgetAction action, ObjectNode data, Consumer<Optional<ObjectNode>> then, Instant now) {
    if (!AppRequests.isAllowed(action, session.grants())) {
      throw new IllegalArgumentException("the app cannot ask for " + action);
    }
    return during(
        now,
        () ->
            session.push(
                action,
                data,
                answer ->
                    then.accept(
                        answer instanceof PushAnswer.Taken taken
                            ? Optional.of(taken.response())
                            : Optional.empty())));
  }

  /** Time has passed. To be called at {@link #nextDeadline}. */
  public List<HostEffect> onTime(Instant now) {
    return during(
        now,
        () -> {
          session.pushes().onTime();
          requests.onTime();
        });
  }

  /** When something is overdue, if anything ever is. */
  public Optional<Instant> nextDeadline() {
    Optional<Instant> push = session.pushes().nextDeadline();
    Optional<Instant> reply = requests.nextDeadline();
    if (ended || push.isEmpty()) {
      return ended ? Optional.empty() : reply;
    }
    return reply.filter(at -> at.isBefore(push.get())).or(() -> push);
  }

  /** Ends the session. Nothing is posted any more; delayed events are seen to. */
  public List<HostEffect> close(Instant now) {
    return during(now, () -> end(EndReason.CLOSED_BY_HOST));
  }

  private void end(EndReason reason) {
    forgetDocument();
    session.setGrants(CapabilitySet.NONE);
    ended = true;
    session.report(new HostEvent.Ended(reason));
  }

  /** What the widget may do now. */
  public CapabilitySet grants() {
    return session.grants();
  }

  /** Whether the session is over. */
  public boolean isEnded() {
    return ended;
  }

  /** Whether it is over, and the homeserver has answered for every delayed event (DELAY-END). */
  public boolean isSettled() {
    return ended && !delayed.isEnding();
  }

  private List<HostEffect> whenReady(Instant now, Runnable input) {
    return during(
        now,
        () -> {
          if (negotiation.isReady()) {
            input.run();
          }
        });
  }

  private List<HostEffect> during(Instant now, Runnable input) {
    session.setNow(now);
    if (ended) {
      return List.of();
    }
    input.run();
    if (!ended) {
      requests.startQueued();
    }
    return session.takeEffects();
  }
}

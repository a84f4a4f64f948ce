package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.signing.CanonicalJson;
import io.matrixrtc.homeserver.signing.NotCanonical;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes events: the one way into a room's history, with all checks. */
public final class Rooms {
  /** HS-SIZE-1: largest event, in bytes of canonical JSON. */
  public static final int MAX_EVENT_BYTES = 65_536;

  /** Longest event type and state key, in bytes. */
  public static final int MAX_KEY_BYTES = 255;

  private record RoomRow(String version, long lastPosition) {}

  private static final TableSpec<RoomRow> ROOMS = TableSpec.of("rooms", RoomRow.class, "room_id");

  private final Table<RoomRow> rooms;
  private final Events events;
  private final Memberships memberships;
  private final Permissions permissions;
  private final StreamPositions stream;
  private final News news;
  private final InstantSource clock;
  private final List<Consumer<Event>> listeners = new ArrayList<>();

  public Rooms(Foundation foundation, Events events, Memberships memberships) {
    this.rooms = Table.open(foundation.storage(), ROOMS);
    this.events = events;
    this.memberships = memberships;
    this.permissions = new Permissions(events, memberships);
    this.stream = foundation.stream();
    this.news = foundation.news();
    this.clock = foundation.time();
  }

  public boolean exists(String roomId) {
    return rooms.contains(roomId);
  }

  /** Position of the newest event of the room. */
  public long lastPosition(String roomId) {
    return row(roomId).lastPosition();
  }

  /** {@code listener} hears of every event within the transaction that sends it. */
  public void onEvent(Consumer<Event> listener) {
    listeners.add(listener);
  }

  Permissions permissions() {
    return permissions;
  }

  /** Makes a room of one event. */
  Event create(String roomId, RoomVersion version, String creator, ObjectNode content) {
    rooms.put(new RoomRow(version.id(), 0), roomId);
    return append(EventDraft.state(roomId, creator, EventType.CREATE, "", content));
  }

  /**
   * Sends an event if its sender may. The same content by the same sender as the present state is
   * no new event: the present one is returned.
   */
  public Event send(EventDraft draft) {
    RoomVersion version = version(draft.roomId());
    String stateKey = draft.stateKey();
    if (stateKey != null && draft.type().equals(EventType.MEMBER)) {
      String membership = draft.content().path("membership").asText("");
      permissions.checkMember(draft.roomId(), draft.sender(), stateKey, membership);
    } else {
      permissions.checkSend(draft, version);
    }
    if (stateKey != null) {
      Optional<Event> present = events.state(draft.roomId(), draft.type(), stateKey);
      if (present.isPresent()
          && present.get().sender().equals(draft.sender())
          && present.get().content().equals(draft.content())) {
        return present.get();
      }
    }
    return append(draft);
  }

  /**
   * Sends an event of any kind: a message event of the type of redactions redacts what its content
   * names.
   */
  public Event deliver(EventDraft draft) {
    return draft.stateKey() == null && draft.type().equals(EventType.REDACTION)
        ? redact(draft, new Fields(draft.content()).string("redacts"))
        : send(draft);
  }

  /** Refuses an event that could never be sent: no such room, too large, not canonical. */
  public void checkShape(EventDraft draft) {
    row(draft.roomId());
    eventId(draft, 0);
  }

  /** Redacts an event: its content goes, and a redaction event tells so. */
  Event redact(EventDraft draft, String eventId) {
    Event target =
        events
            .byId(eventId)
            .filter(event -> event.roomId().equals(draft.roomId()))
            .orElseThrow(() -> MatrixException.notFound("Event not found"));
    permissions.checkSend(draft, version(draft.roomId()));
    permissions.checkRedaction(target, draft.sender());
    Event redaction = append(draft.redacting(eventId));
    events.replace(
        target.redacted(
            Redaction.remaining(target, version(draft.roomId())), redaction.position()));
    return redaction;
  }

  RoomVersion version(String roomId) {
    return RoomVersion.of(row(roomId).version());
  }

  private Event append(EventDraft draft) {
    long position = stream.next();
    String stateKey = draft.stateKey();
    Optional<Event> replaced =
        stateKey == null ? Optional.empty() : events.state(draft.roomId(), draft.type(), stateKey);
    Event event =
        new Event(
            draft.roomId(),
            position,
            eventId(draft, position),
            draft.type(),
            stateKey,
            draft.sender(),
            draft.content(),
            clock.millis(),
            replaced.map(Event::position).orElse(null),
            draft.redacts(),
            null,
            draft.senderDevice(),
            draft.transactionId(),
            draft.stickyMillis(),
            draft.delayId());
    events.append(event);
    rooms.put(new RoomRow(row(draft.roomId()).version(), position), draft.roomId());
    if (stateKey != null && draft.type().equals(EventType.MEMBER)) {
      memberships.record(draft.roomId(), stateKey, event.membership(), position);
      news.forUser(stateKey);
    }
    memberships.members(draft.roomId(), Memberships.JOIN).forEach(news::forUser);
    listeners.forEach(listener -> listener.accept(event));
    return event;
  }

  // The id is a hash over all of the event, as in current room versions; the position makes it
  // unique.
  private String eventId(EventDraft draft, long position) {
    ObjectNode whole =
        Json.object()
            .put("room_id", draft.roomId())
            .put("sender", draft.sender())
            .put("type", draft.type())
            .put("origin_server_ts", clock.millis())
            .put("depth", position);
    if (draft.stateKey() != null) {
      whole.put("state_key", draft.stateKey());
      checkKeyLength("state_key", draft.stateKey());
    }
    checkKeyLength("type", draft.type());
    if (draft.stickyMillis() != null) {
      whole.putObject("msc4354_sticky").put("duration_ms", draft.stickyMillis());
    }
    whole.set("content", draft.content());
    try {
      byte[] canonical = CanonicalJson.bytes(whole);
      if (canonical.length > MAX_EVENT_BYTES) {
        throw new MatrixException(ErrorCode.M_TOO_LARGE, "event too large");
      }
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical);
      return "$" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NotCanonical e) {
      throw MatrixException.badJson("The content is " + e.getMessage());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void checkKeyLength(String name, String value) {
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      throw new MatrixException(ErrorCode.M_TOO_LARGE, "'" + name + "' is too large");
    }
  }

  private RoomRow row(String roomId) {
    return rooms.get(roomId).orElseThrow(() -> MatrixException.notFound("Unknown room " + roomId));
  }
}

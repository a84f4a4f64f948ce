package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.e2ee.CompletedRoomEvent;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomEncryptionOutcome;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * Encrypted rooms of a client: sends events, and decrypts those of the timelines that syncs bring.
 * Follows which rooms are encrypted, and the devices of their members. Any thread may call {@link
 * #send}.
 */
public final class EncryptedRooms {
  /** The type of what is sent. */
  static final String ENCRYPTED = "m.room.encrypted";

  private final CryptoPump pump;
  private final RoomsApi api;
  private final RoomMembersFeed members;
  private final BiConsumer<String, RoomEventResult> listener;
  private final BiConsumer<String, LiveEvent> late;
  private final Map<String, Pending> pending = new LinkedHashMap<>();
  private final Map<String, CompletionStage<?>> lastSend = new HashMap<>();
  private final UnreadRoomEvents unread = new UnreadRoomEvents();
  private final Set<CompletableFuture<RoomSendOutcome>> open = new HashSet<>();

  /** How an encrypted event gets to the homeserver. */
  @FunctionalInterface
  interface Sender {
    CompletionStage<ApiResult<String>> send(String id, ObjectNode encrypted);
  }

  /** An event that is being encrypted. */
  private record Pending(Sender sender, CompletableFuture<RoomSendOutcome> end) {}

  /**
   * Tells {@code listener} what became of each encrypted event, and again if a key came late; and
   * {@code late} of those events alone.
   */
  EncryptedRooms(
      CryptoPump pump,
      RoomsApi api,
      RoomMembersFeed members,
      BiConsumer<String, RoomEventResult> listener,
      BiConsumer<String, LiveEvent> late) {
    this.pump = pump;
    this.api = api;
    this.members = members;
    this.listener = listener;
    this.late = late;
  }

  /**
   * Encrypts an event and sends it, once the room's key has gone out to its members' devices.
   * Events of one room are sent in the order of these calls.
   *
   * @param type the type inside the encryption
   * @return completes with what became of it; exceptionally only if the client is closed or its
   *     store has failed
   */
  public CompletionStage<RoomSendOutcome> send(String roomId, String type, ObjectNode content) {
    return send(
        roomId, type, content, (id, encrypted) -> api.sendEvent(roomId, ENCRYPTED, id, encrypted));
  }

  /** As {@link #send(String, String, ObjectNode)}, where {@code sender} puts the event out. */
  CompletionStage<RoomSendOutcome> send(
      String roomId, String type, ObjectNode content, Sender sender) {
    CompletableFuture<RoomSendOutcome> end = new CompletableFuture<>();
    ObjectNode copy = content.deepCopy();
    Pending event = new Pending(sender, end);
    pump.onScheduler(
        () -> {
          open.add(end);
          end.whenComplete((outcome, bug) -> open.remove(end));
          members.whole(roomId, result -> begin(roomId, type, copy, result, event));
        });
    return end;
  }

  private void begin(
      String roomId,
      String type,
      ObjectNode content,
      ApiResult<RoomMembersState> result,
      Pending event) {
    if (result instanceof ApiResult.Ok<RoomMembersState> ok) {
      pump.use(
          (m, now) -> {
            learn(m, roomId, ok.value(), now);
            String id = m.rooms().encrypt(roomId, ok.value().members(), type, content, now);
            pending.put(id, event);
          },
          why -> event.end.completeExceptionally(new IllegalStateException(why)));
    } else if (result instanceof ApiResult.Failed<RoomMembersState> failed) {
      event.end.complete(new RoomSendOutcome.Failed(failed.failure(), Optional.empty()));
    }
  }

  /** ROOMS-FOLLOW: whether the room is encrypted, and whose devices are to be known then. */
  private static void learn(OlmMachine machine, String roomId, RoomMembersState state, Instant now)
      throws CryptoStoreException {
    if (state.encryption().isPresent()) {
      machine.rooms().encryptionEnabled(roomId, state.encryption().get());
    }
    Set<String> users = state.users();
    if (!users.isEmpty() && machine.rooms().settings(roomId).isPresent()) {
      users.removeAll(machine.trackedUsers());
      if (!users.isEmpty()) {
        machine.trackUsers(users, now);
      }
    }
  }

  /** What a sync says of rooms, before the machine takes it. To be called on the scheduler. */
  void onMembers(SyncAnswer answer) {
    members.onSync(answer);
  }

  /**
   * Reads a sync whose to-device events the machine has taken already: they hold keys
   * (ROOMS-ORDER).
   *
   * @return what became of the encrypted events of timelines and sticky sections, by room
   */
  Map<String, List<RoomEventResult>> read(OlmMachine machine, SyncAnswer answer, Instant now)
      throws CryptoStoreException {
    Map<String, List<RoomEventResult>> results = new LinkedHashMap<>();
    for (Map.Entry<String, RoomSection> room : answer.rooms().entrySet()) {
      if (room.getValue().membership().equals("join")) {
        RoomMembersState changed = new RoomMembersState();
        changed.apply(room.getValue().state());
        learn(machine, room.getKey(), changed, now);
      }
      results.put(room.getKey(), read(machine, room.getKey(), RoomReader.events(room.getValue())));
    }
    return results;
  }

  /** Tells what became of the events of a sync. */
  void tell(Map<String, List<RoomEventResult>> results) {
    results.forEach((room, all) -> all.forEach(one -> listener.accept(room, one)));
  }

  /** Reads events that no sync brought; those whose key is missing are tried again, too. */
  List<RoomEventResult> open(String roomId, List<ObjectNode> events) {
    List<RoomEventResult> results = new ArrayList<>();
    pump.use((m, now) -> results.addAll(read(m, roomId, events)), why -> {});
    return results;
  }

  private List<RoomEventResult> read(OlmMachine machine, String roomId, List<ObjectNode> timeline)
      throws CryptoStoreException {
    List<ObjectNode> encrypted =
        timeline.stream()
            .filter(event -> event.path("type").asText().equals(ENCRYPTED))
            .filter(event -> !event.has("state_key"))
            .toList();
    if (encrypted.isEmpty()) {
      return List.of();
    }
    List<RoomEventResult> results = machine.rooms().decryptAll(roomId, encrypted);
    for (RoomEventResult result : results) {
      if (result instanceof RoomEventResult.UnableToDecrypt unable) {
        unread.add(roomId, unable.event(), unable.failure());
      }
    }
    return results;
  }

  /** Sends what is encrypted, and reads what can be read now. After each use of the machine. */
  void observe(OlmMachine machine) throws CryptoStoreException {
    for (CompletedRoomEvent event : machine.rooms().takeCompleted()) {
      Pending waiting = pending.remove(event.id());
      if (waiting != null) {
        put(event, waiting);
      }
    }
    Set<RoomKeyId> arrived = machine.rooms().takeArrivedKeys();
    if (!arrived.isEmpty()) { // ROOMS-RETRY
      for (UnreadRoomEvents.Waiting waiting : unread.take(arrived)) {
        for (RoomEventResult result : read(machine, waiting.roomId(), List.of(waiting.event()))) {
          listener.accept(waiting.roomId(), result);
          if (result instanceof RoomEventResult.Decrypted inside) {
            LiveEvent.opened(waiting.event(), inside)
                .ifPresent(event -> late.accept(waiting.roomId(), event));
          }
        }
      }
    }
  }

  /** ROOMS-ORDER: one after another, so that the room sees the order of the session. */
  private void put(CompletedRoomEvent event, Pending waiting) {
    CompletableFuture<RoomSendOutcome> end = waiting.end;
    if (!(event.outcome() instanceof RoomEncryptionOutcome.Encrypted encrypted)) {
      end.complete(new RoomSendOutcome.RoomNotEncrypted());
      return;
    }
    String room = event.roomId();
    CompletionStage<?> before =
        lastSend.getOrDefault(room, CompletableFuture.completedFuture(null));
    CompletionStage<ApiResult<String>> sent =
        before
            .handle((done, bug) -> true)
            .thenCompose(go -> waiting.sender.send(event.id(), encrypted.content()));
    lastSend.put(room, sent);
    sent.whenComplete(
        (result, bug) -> {
          lastSend.remove(room, sent);
          if (result == null) {
            end.completeExceptionally(new IllegalStateException("the client is closed", bug));
          } else {
            end.complete(
                result.fold(
                    id -> new RoomSendOutcome.Sent(id, encrypted),
                    failure -> new RoomSendOutcome.Failed(failure, Optional.of(encrypted))));
          }
        });
  }

  /** The machine is used no more. To be called on the scheduler. */
  void onEnd(String why) {
    members.close();
    pending.clear();
    for (CompletableFuture<RoomSendOutcome> end : new ArrayList<>(open)) {
      end.completeExceptionally(new IllegalStateException(why));
    }
  }
}

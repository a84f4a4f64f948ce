package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.MatrixLink;
import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.FramePort;
import io.matrixrtc.widget.host.HostEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The host page of one session: the way to its iframe, and to the user before it. What the user has
 * not answered when the session ends is a no, as is an answer that makes no sense (CONSENT-NO). Any
 * thread may call.
 */
public final class HostPage {
  /** Most questions before the user at a time; more are answered with no (CONSENT-BOUND). */
  public static final int MAX_QUESTIONS = 8;

  private final FramePort frame;
  private final Consumer<HostEvent> listener;
  private final Consumer<ObjectNode> page;
  private final Consumer<ObjectNode> standing;
  private final AtomicReference<@Nullable Shown> backup = new AtomicReference<>();
  private final Map<Long, CompletableFuture<JsonNode>> questions = new ConcurrentHashMap<>();
  private final SerialScheduler scheduler;
  private final boolean prefersDark;
  private final AtomicLong lastQuestion = new AtomicLong();
  private volatile Function<String, Optional<String>> names = roomId -> Optional.empty();
  private volatile boolean over;

  /**
   * @param page takes what the page itself is to show, once; any thread
   * @param standing takes what it is to show until there is something newer of the same kind, after
   *     a reload, too; any thread
   * @param scheduler the bridge's own
   */
  HostPage(
      FramePort frame,
      Consumer<HostEvent> listener,
      Consumer<ObjectNode> page,
      Consumer<ObjectNode> standing,
      SerialScheduler scheduler,
      boolean prefersDark) {
    this.scheduler = scheduler;
    this.prefersDark = prefersDark;
    this.frame = frame;
    this.listener = listener;
    this.page = page;
    this.standing = standing;
  }

  /** Whether the user likes dark screens; later changes are told to the widget. */
  public boolean prefersDark() {
    return prefersDark;
  }

  /**
   * What confines the bridge, on the thread that reads its sockets. A host that lives on it as well
   * answers without a way to another thread and back, which takes longer than most answers. Its
   * driver and its listener must never block; pages of one bridge wait for each other's work.
   */
  public SerialScheduler scheduler() {
    return scheduler;
  }

  /** Where the host posts. */
  public FramePort frame() {
    return frame;
  }

  /** Must be told the host's events. */
  public Consumer<HostEvent> listener() {
    return this::onEvent;
  }

  private void onEvent(HostEvent event) {
    HostEventText.of(event, names).ifPresent(page);
    if (event instanceof HostEvent.Reloaded) { // CONSENT-GONE: the page takes them off the screen
      close();
    }
    listener.accept(event);
  }

  private record Shown(BackupPanel panel, BackupPanel.Watch watch) {}

  /** Shows a backup, with buttons to pause and resume it, until the session ends (PAGE-BACKUP). */
  public void showBackup(BackupPanel panel) {
    Shown shown = new Shown(panel, panel.watch(view -> standing.accept(view.frame())));
    end(backup.getAndSet(shown));
    if (over) {
      end(backup.getAndSet(null));
    }
  }

  /** The user has pressed a button of the backup. */
  void onBackup(JsonNode frame) {
    Shown shown = backup.get();
    if (shown != null && frame.path("want").asText().equals("pause")) {
      shown.panel.pause();
    } else if (shown != null && frame.path("want").asText().equals("resume")) {
      shown.panel.resume();
    }
  }

  private static void end(@Nullable Shown shown) {
    if (shown != null) {
      shown.watch.close();
    }
  }

  /** Tells the user what to do, above the widget; an empty text takes it away (PAGE-ADVICE). */
  public void advise(String text) {
    standing.accept(Json.newObject().put("t", "advice").put("text", text));
  }

  /**
   * Offers the user a link that the widget wants followed. It opens when the user chooses it, in a
   * window that knows nothing of this one, and never by itself; a newer one takes its place
   * (PAGE-LINK).
   *
   * @return whether there is a page to show it on; not whether the user follows it
   */
  public boolean offer(MatrixLink link) {
    if (over) {
      return false;
    }
    page.accept(Json.newObject().put("t", "link").put("url", link.uri()));
    return true;
  }

  /**
   * Shows rooms by these names, for example {@code RoomView::name}, in the list of what is granted:
   * also where the user is asked nothing (CONSENT-ROOM).
   */
  public void callRooms(Function<String, Optional<String>> roomNames) {
    names = roomNames;
  }

  /** Asks the user about each capability, in words (CONSENT-WORDS); rooms are told by their ids. */
  public CapabilityPolicy policy() {
    return policy(Optional.empty(), roomId -> Optional.empty());
  }

  /**
   * Asks the user about each capability, in words (CONSENT-WORDS), and says for what room.
   *
   * @param roomId the room that the widget is shown in
   * @param names what rooms are called, for example {@code RoomView::name}; cleaned before it is
   *     shown, and never without the room's id (CONSENT-ROOM); also for what is shown as granted
   */
  public CapabilityPolicy policy(String roomId, Function<String, Optional<String>> names) {
    callRooms(names);
    return policy(Optional.of(roomId), names);
  }

  private CapabilityPolicy policy(
      Optional<String> roomId, Function<String, Optional<String>> names) {
    return request -> askCapabilities(request.asked(), roomId, names).thenApply(DriverResult::done);
  }

  private CompletionStage<Set<Capability>> askCapabilities(
      List<Capability> asked, Optional<String> roomId, Function<String, Optional<String>> names) {
    ObjectNode question = Json.newObject().put("kind", "capabilities");
    roomId.ifPresent(id -> question.put("room", CapabilityText.room(id, names)));
    ArrayNode items = question.putArray("items");
    for (Capability capability : asked) {
      items
          .addObject()
          .put("id", capability.text())
          .put("text", CapabilityText.of(capability, names))
          .put("group", CapabilityText.groupOf(capability));
    }
    return ask(question)
        .thenApply(
            answer -> {
              Set<String> allowed = new HashSet<>();
              answer.path("allow").forEach(id -> allowed.add(id.asText()));
              return Set.copyOf(
                  asked.stream().filter(one -> allowed.contains(one.text())).toList());
            });
  }

  /** Asks the user whether the widget may prove to its own server who the user is. */
  public CompletionStage<Boolean> askOpenId() {
    return ask(Json.newObject().put("kind", "openid"))
        .thenApply(
            answer -> answer.path("allow").isBoolean() && answer.get("allow").booleanValue());
  }

  private CompletionStage<JsonNode> ask(ObjectNode question) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    if (questions.size() >= MAX_QUESTIONS) {
      answer.complete(Json.newObject());
      return answer;
    }
    long id = lastQuestion.incrementAndGet();
    questions.put(id, answer);
    page.accept(question.put("t", "ask").put("id", id));
    return answer;
  }

  /** The user has answered; answers to what was not asked are ignored. */
  void onAnswer(JsonNode frame) {
    CompletableFuture<JsonNode> answer = questions.remove(frame.path("id").asLong());
    if (answer != null) {
      answer.complete(frame);
    }
  }

  /** The session is over. */
  void end() {
    over = true;
    close();
    end(backup.getAndSet(null));
  }

  /** No answer will come any more. */
  void close() {
    List.copyOf(questions.keySet()).forEach(id -> onAnswer(Json.newObject().put("id", id)));
  }
}

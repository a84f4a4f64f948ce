package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.FramePort;
import io.matrixrtc.widget.host.HostEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

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
  private final Map<Long, CompletableFuture<JsonNode>> questions = new ConcurrentHashMap<>();
  private final boolean prefersDark;
  private final AtomicLong lastQuestion = new AtomicLong();

  /**
   * @param page takes what the page itself is to show; any thread
   */
  HostPage(
      FramePort frame,
      Consumer<HostEvent> listener,
      Consumer<ObjectNode> page,
      boolean prefersDark) {
    this.prefersDark = prefersDark;
    this.frame = frame;
    this.listener = listener;
    this.page = page;
  }

  /** Whether the user likes dark screens; later changes are told to the widget. */
  public boolean prefersDark() {
    return prefersDark;
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
    HostEventText.of(event).ifPresent(page);
    listener.accept(event);
  }

  /** Asks the user about each capability, in words (CONSENT-WORDS). */
  public CapabilityPolicy policy() {
    return request -> askCapabilities(request.asked()).thenApply(DriverResult::done);
  }

  private CompletionStage<Set<Capability>> askCapabilities(List<Capability> asked) {
    ObjectNode question = Json.newObject().put("kind", "capabilities");
    ArrayNode items = question.putArray("items");
    for (Capability capability : asked) {
      items
          .addObject()
          .put("id", capability.text())
          .put("text", CapabilityText.of(capability))
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
        .thenApply(answer -> answer.path("allow").isBoolean() && answer.get("allow").booleanValue());
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
  void close() {
    List.copyOf(questions.keySet())
        .forEach(id -> onAnswer(Json.newObject().put("id", id)));
  }
}

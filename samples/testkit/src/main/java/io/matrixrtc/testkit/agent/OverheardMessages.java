package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.testkit.trace.RedactedJson;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;

/**
 * Writes the call's messages of devices that do not tell of them into the trace, as the homeserver
 * got them: what was meant is not known of an encrypted one. A device is known by the access token
 * that it was given when it logged in. Any thread may call.
 */
public final class OverheardMessages implements RequestLog.Listener {
  private static final int OK = 200;

  private final Consumer<TraceEvent> trace;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /** Identities by access token and by refresh token, of those who are listened to. */
  private final Map<String, String> identities = new ConcurrentHashMap<>();

  public OverheardMessages(Consumer<TraceEvent> trace) {
    this.trace = trace;
  }

  /**
   * From its next login on, the messages of a device are in the trace.
   *
   * @param identity {@code user:device}
   */
  public void listenTo(String identity) {
    told.add(identity);
  }

  @Override
  public void onExchange(Exchange exchange) {
    if (told.isEmpty()) {
      return;
    }
    String path = exchange.path();
    if (path.endsWith("/login") || path.endsWith("/refresh")) {
      learn(exchange);
      return;
    }
    if (!exchange.method().equals("PUT")) {
      return;
    }
    Optional<String> sender = sender(exchange);
    if (sender.isPresent()) {
      String outcome = exchange.status() == 0 ? "no answer" : String.valueOf(exchange.status());
      messages(sender.get(), path, exchange)
          .forEach(message -> trace.accept(message.withOutcome(outcome)));
    }
  }

  private void learn(Exchange exchange) {
    if (exchange.status() != OK) {
      return;
    }
    JsonNode answer = json(exchange.answerBody());
    String identity = answer.path("user_id").asText() + ":" + answer.path("device_id").asText();
    if (!told.contains(identity)) {
      JsonNode request = json(exchange.requestBody());
      identity = identities.get(request.path("refresh_token").asText());
    }
    if (identity != null) {
      for (String token : List.of("access_token", "refresh_token")) {
        if (answer.path(token).isTextual()) {
          identities.put(answer.path(token).textValue(), identity);
        }
      }
    }
  }

  private static JsonNode json(byte[] body) {
    return RedactedJson.parse(new String(body, StandardCharsets.UTF_8))
        .orElseGet(MissingNode::getInstance);
  }

  private Optional<String> sender(Exchange exchange) {
    return exchange.headers().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("authorization"))
        .map(header -> header.getValue().replaceFirst("^Bearer ", ""))
        .flatMap(token -> Optional.ofNullable(identities.get(token)).stream())
        .findFirst();
  }

  private static List<TraceEvent.MessageSent> messages(
      String from, String path, Exchange exchange) {
    Matcher toDevice = MessageTraces.TO_DEVICE.matcher(path);
    if (toDevice.matches()) {
      return toDevice(from, toDevice.group(1), json(exchange.requestBody()));
    }
    Matcher inRoom = MessageTraces.IN_ROOM.matcher(path);
    if (inRoom.matches()) {
      return List.of(message(from, "room", inRoom.group(1), json(exchange.requestBody())));
    }
    return List.of();
  }

  private static List<TraceEvent.MessageSent> toDevice(String from, String type, JsonNode body) {
    List<TraceEvent.MessageSent> messages = new ArrayList<>();
    for (Map.Entry<String, JsonNode> user : body.path("messages").properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        String to = user.getKey() + ":" + device.getKey();
        messages.add(message(from, to, type, device.getValue()));
      }
    }
    return messages;
  }

  private static TraceEvent.MessageSent message(
      String from, String to, String type, JsonNode content) {
    String sent = RedactedJson.text(content);
    String clear = type.equals(MessageTraces.ENCRYPTED) ? "" : sent;
    return new TraceEvent.MessageSent(from, to, type, clear, sent, "");
  }
}

package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.e2ee.SealedEventListener;
import io.matrixrtc.testkit.trace.RedactedJson;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes every message of a call that a client of ours sends into the trace, as it was meant and as
 * it went out: hears what the client encrypts, sits below it where requests leave, and puts both
 * halves together by their ciphertext. Secrets are fingerprints in both (TRACE-SECRET).
 * Thread-safe.
 */
public final class MessageTraces implements SealedEventListener {
  /**
   * Encrypted messages that have not arrived yet, whose clear form is remembered; of older ones the
   * sent form only is shown. A key for a thousand devices is a thousand messages.
   */
  static final int MAX_REMEMBERED = 4096;

  static final Pattern TO_DEVICE = Pattern.compile(".*/sendToDevice/([^/]+)/[^/]+");

  /** Events of any type, and the state that calls are made of. */
  static final Pattern IN_ROOM =
      Pattern.compile(".*/rooms/[^/]+/(?:send/|state/(?=org\\.matrix\\.msc|m\\.call))([^/]+)/.*");

  static final String ENCRYPTED = "m.room.encrypted";

  private static final int OK = 200;
  private static final int TAIL_CHARS = 32;

  private final String self;
  private final Consumer<TraceEvent> trace;
  private final Map<String, Meant> sealed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Meant> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  private @Nullable ObjectNode lastContent;
  private Meant last = new Meant(ENCRYPTED, "");

  /** A message before its encryption. */
  private record Meant(String type, String content) {}

  /**
   * A message on its way.
   *
   * @param tail of its ciphertext; empty if it has none
   */
  private record Leaving(TraceEvent.MessageSent message, String tail) {}

  /**
   * @param self identity of the device, {@code user:device}
   * @param trace takes {@link TraceEvent.MessageSent}; from any thread
   */
  public MessageTraces(String self, Consumer<TraceEvent> trace) {
    this.self = self;
    this.trace = trace;
  }

  @Override
  public void onSealed(String eventType, ObjectNode content, ObjectNode sealedContent) {
    synchronized (sealed) {
      if (content != lastContent || !eventType.equals(last.type())) { // one for all its devices
        last = new Meant(eventType, RedactedJson.text(content));
        lastContent = content;
      }
      sealed.put(tail(sealedContent), last);
    }
  }

  /** {@code transport}, with the call's messages noted as they leave. */
  public HttpTransport below(HttpTransport transport) {
    return new HttpTransport() {
      @Override
      public CompletionStage<HttpAnswer> send(HttpCall call) {
        CompletionStage<HttpAnswer> answer = transport.send(call);
        List<Leaving> messages = messages(call);
        if (!messages.isEmpty()) {
          // Not in the chain: whoever cancels the stage must reach the transport's own.
          answer.whenComplete((got, failure) -> messages.forEach(one -> record(one, got)));
        }
        return answer;
      }

      @Override
      public void close() {
        transport.close();
      }
    };
  }

  private void record(Leaving leaving, @Nullable HttpAnswer answer) {
    String outcome = answer == null ? "no answer" : String.valueOf(answer.status());
    trace.accept(leaving.message().withOutcome(outcome));
    if (answer != null && answer.status() == OK) {
      synchronized (sealed) {
        sealed.remove(leaving.tail());
      }
    }
  }

  private List<Leaving> messages(HttpCall call) {
    String path = call.uri().getRawPath();
    Optional<JsonNode> body = call.body().flatMap(RedactedJson::parse);
    if (body.isEmpty()) {
      return List.of();
    }
    Matcher toDevice = TO_DEVICE.matcher(path);
    if (toDevice.matches()) {
      return toDevice(toDevice.group(1), body.get());
    }
    Matcher inRoom = IN_ROOM.matcher(path);
    return inRoom.matches() ? List.of(message("room", inRoom.group(1), body.get())) : List.of();
  }

  private List<Leaving> toDevice(String type, JsonNode body) {
    List<Leaving> messages = new ArrayList<>();
    for (Map.Entry<String, JsonNode> user : body.path("messages").properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        messages.add(message(user.getKey() + ":" + device.getKey(), type, device.getValue()));
      }
    }
    return messages;
  }

  private Leaving message(String to, String type, JsonNode content) {
    String sent = RedactedJson.text(content);
    String tail = type.equals(ENCRYPTED) ? tail(content) : "";
    Meant meant = type.equals(ENCRYPTED) ? meant(tail) : new Meant(type, sent);
    return new Leaving(
        new TraceEvent.MessageSent(self, to, meant.type(), meant.content(), sent, ""), tail);
  }

  private Meant meant(String tail) {
    synchronized (sealed) {
      return sealed.getOrDefault(tail, new Meant(ENCRYPTED, ""));
    }
  }

  /** The end of what was encrypted, which no other message has: a signature or a MAC. */
  private static String tail(JsonNode content) {
    JsonNode ciphertext = content.path("ciphertext");
    for (JsonNode forDevice : ciphertext) { // by the receiver's key; of a room it is a text
      ciphertext = forDevice.path("body");
    }
    String text = ciphertext.asText();
    return text.substring(Math.max(0, text.length() - TAIL_CHARS));
  }
}

package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.WidgetError;
import io.matrixrtc.widget.api.WidgetMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The newest requests that were answered, so that none is carried out twice. A repeated request
 * gets its reply again if that was short, else, or if it asks for something else, an error.
 */
final class AnsweredRequests {
  private final HostLimits limits;
  private final Map<String, Answered> answered = new LinkedHashMap<>();
  private Answered newest = new Answered("", 0, Optional.empty());

  /** The response as text: a tree of it would take many times the room. */
  private record Answered(String action, int dataHash, Optional<String> response) {}

  AnsweredRequests(HostLimits limits) {
    this.limits = limits;
  }

  /** Keeps a request, and the text of its response. */
  void remember(WidgetMessage request, String response) {
    boolean isShort = response.length() <= limits.maxRememberedReplyChars();
    Answered now =
        new Answered(
            request.action(),
            request.data().hashCode(),
            isShort ? Optional.of(response) : Optional.empty());
    if (!now.equals(newest)) { // widgets ask the same again and again, and it is kept once
      newest = now;
    }
    answered.put(request.requestId(), newest);
    if (answered.size() > limits.rememberedRequests()) {
      answered.remove(answered.keySet().iterator().next());
    }
  }

  /** The response to a request whose id was used before. */
  Optional<String> find(WidgetMessage request) {
    Answered before = answered.get(request.requestId());
    if (before == null) {
      return Optional.empty();
    }
    boolean same =
        before.action.equals(request.action()) && before.dataHash == request.data().hashCode();
    return same && before.response.isPresent()
        ? before.response
        : Optional.of(WidgetError.of("This request id was used before").toResponse().toString());
  }

  void clear() {
    answered.clear();
  }
}

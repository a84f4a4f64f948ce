package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

  private record Answered(String action, int dataHash, Optional<ObjectNode> response) {}

  AnsweredRequests(HostLimits limits) {
    this.limits = limits;
  }

  void remember(WidgetMessage request, ObjectNode response) {
    boolean isShort = response.toString().length() <= limits.maxRememberedReplyChars();
    answered.put(
        request.requestId(),
        new Answered(
            request.action(),
            request.data().hashCode(),
            isShort ? Optional.of(response) : Optional.empty()));
    if (answered.size() > limits.rememberedRequests()) {
      answered.remove(answered.keySet().iterator().next());
    }
  }

  /** What to reply to a request whose id was used before. */
  Optional<ObjectNode> find(WidgetMessage request) {
    Answered before = answered.get(request.requestId());
    if (before == null) {
      return Optional.empty();
    }
    boolean same =
        before.action.equals(request.action()) && before.dataHash == request.data().hashCode();
    return same && before.response.isPresent()
        ? before.response
        : Optional.of(WidgetError.of("This request id was used before").toResponse());
  }

  void clear() {
    answered.clear();
  }
}

package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.WidgetAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the widget implements: asked when first needed, once, then remembered (VERSIONS-ONCE). A
 * widget that does not answer implements nothing.
 */
final class WidgetVersions {
  private final HostSession session;
  private final List<Consumer<Set<ApiVersion>>> waiting = new ArrayList<>();
  private Optional<Set<ApiVersion>> known = Optional.empty();

  WidgetVersions(HostSession session) {
    this.session = session;
  }

  void get(Consumer<Set<ApiVersion>> then) {
    if (known.isPresent()) {
      then.accept(known.get());
      return;
    }
    waiting.add(then);
    if (waiting.size() == 1) {
      session.push(WidgetAction.SUPPORTED_API_VERSIONS, Json.newObject(), this::onAnswer);
    }
  }

  private void onAnswer(PushAnswer answer) {
    Set<ApiVersion> versions = Set.of();
    if (answer instanceof PushAnswer.Taken taken) {
      Set<String> names = new TreeSet<>();
      for (JsonNode name : taken.response().path("supported_versions")) {
        names.add(name.asText());
      }
      versions = ApiVersion.known(names);
      known = Optional.of(versions);
    }
    List<Consumer<Set<ApiVersion>>> asked = List.copyOf(waiting);
    waiting.clear();
    for (Consumer<Set<ApiVersion>> then : asked) {
      then.accept(versions);
    }
  }

  void reset() {
    known = Optional.empty();
    waiting.clear();
  }
}

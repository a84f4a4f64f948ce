package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a homeserver can do.
 *
 * @param versions of the specification, for example {@code v1.11}
 * @param unstableFeatures those that are switched on, for example {@code org.matrix.msc4140}
 */
public record ServerVersions(List<String> versions, Set<String> unstableFeatures) {
  public ServerVersions {
    versions = List.copyOf(versions);
    unstableFeatures = Set.copyOf(unstableFeatures);
  }

  /** The unstable delayed events of MSC4140. */
  static final String DELAYED_EVENTS = "org.matrix.msc4140";

  /** The merged shape of MSC4140, before a version of the specification has it. */
  static final String DELAYED_EVENTS_STABLE = "org.matrix.msc4140.stable";

  /** The sticky events of MSC4354. */
  static final String STICKY_EVENTS = "org.matrix.msc4354";

  /** Whether events can be scheduled for later, in either shape (MSC4140). */
  public boolean hasDelayedEvents() {
    return unstableFeatures.contains(DELAYED_EVENTS)
        || unstableFeatures.contains(DELAYED_EVENTS_STABLE);
  }

  /** Whether message events can be sticky (MSC4354). */
  public boolean hasStickyEvents() {
    return unstableFeatures.contains(STICKY_EVENTS);
  }

  /** DISC-VERSIONS: reads an answer, or says why this is no homeserver to work with. */
  static ApiResult<ServerVersions> of(ObjectNode answer, String homeserver) {
    if (!answer.path("versions").isArray()) {
      return new ApiResult.Failed<>(
          new ApiFailure.NotMatrix(homeserver, "versions without a list"));
    }
    List<String> versions = new ArrayList<>();
    for (JsonNode version : answer.path("versions")) {
      if (version.isTextual()) {
        versions.add(version.textValue());
      }
    }
    if (versions.stream().noneMatch(version -> version.matches("v1\\.[1-9][0-9]{0,3}"))) {
      return new ApiResult.Failed<>(new ApiFailure.TooOld(homeserver, versions));
    }
    Set<String> features = new HashSet<>();
    for (Map.Entry<String, JsonNode> feature : answer.path("unstable_features").properties()) {
      if (feature.getValue().asBoolean(false)) {
        features.add(feature.getKey());
      }
    }
    return new ApiResult.Ok<>(new ServerVersions(versions, features));
  }
}

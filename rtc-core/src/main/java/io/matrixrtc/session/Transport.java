package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * One way for media to travel, as a membership names it.
 *
 * @param type for example {@code livekit}
 * @param fields the whole object, {@code type} included
 */
public record Transport(String type, ObjectNode fields) {
  /** The type of a LiveKit SFU as deployed clients name it. */
  public static final String LIVEKIT = "livekit";

  private static final String SERVICE_URL = "livekit_service_url";

  public Transport {
    fields = fields.deepCopy();
  }

  @Override
  public ObjectNode fields() {
    return fields.deepCopy();
  }

  /** The token service of a LiveKit transport; empty if it is none, or names none (LT-1). */
  public Optional<String> livekitServiceUrl() {
    return type.equals(LIVEKIT) && fields.path(SERVICE_URL).isTextual()
        ? Optional.of(fields.get(SERVICE_URL).textValue())
        : Optional.empty();
  }
}

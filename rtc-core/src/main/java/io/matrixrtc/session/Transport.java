package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One way for media to travel, as a membership names it.
 *
 * @param type for example {@code livekit}
 * @param fields the whole object, {@code type} included
 */
public record Transport(String type, ObjectNode fields) {
  public Transport {
    fields = fields.deepCopy();
  }

  @Override
  public ObjectNode fields() {
    return fields.deepCopy();
  }
}

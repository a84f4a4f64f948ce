package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;

/**
 * The first frame of a page's connection.
 *
 * @param link of a page that has no session; may be empty
 * @param resume the session of a page that had lost its connection; may be empty
 * @param reload the session of a page that was reloaded; may be empty
 * @param seen the last of our frames that it has
 * @param dark whether its user likes dark screens
 */
record PageHello(String link, String resume, String reload, long seen, boolean dark) {
  static PageHello read(String text) throws MalformedJsonException {
    ObjectNode frame = Json.parseObject(text);
    return new PageHello(
        frame.path("link").asText(),
        frame.path("resume").asText(),
        frame.path("reload").asText(),
        frame.path("seen").asLong(),
        frame.path("dark").asBoolean(false));
  }

  /** Whether it wants a session that must be there already. */
  boolean wantsKnownSession() {
    return !resume.isEmpty() || (!reload.isEmpty() && link.isEmpty());
  }
}

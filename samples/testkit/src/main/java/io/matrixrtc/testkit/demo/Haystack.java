package io.matrixrtc.testkit.demo;

import java.util.List;

/**
 * What is searched for keys at the homeserver.
 *
 * @param planted the key that was planted in each place, in base64
 * @param database what was stored while keys were under way; empty if it is out of reach
 */
record Haystack(String planted, List<byte[]> database) {
  Haystack {
    database = List.copyOf(database);
  }
}

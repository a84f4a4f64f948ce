package io.matrixrtc.testkit.server;

import io.matrixrtc.homeserver.faults.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Everything that a homeserver was asked and answered. Safe for many threads. */
final class RequestTexts {
  private final List<byte[]> texts = new ArrayList<>();

  synchronized void keep(Exchange exchange) {
    texts.add(exchange.requestText().getBytes(StandardCharsets.UTF_8));
    texts.add(exchange.answerBody());
  }

  synchronized List<byte[]> all() {
    return List.copyOf(texts);
  }
}

package io.matrixrtc.testkit.server;

import io.matrixrtc.homeserver.faults.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Everything that a homeserver was asked and answered. Safe for many threads. */
final class RequestTexts {
  private final List<byte[]> texts = new ArrayList<>();

  void keep(Exchange exchange) {
    keepRequest(exchange);
    keepAnswer(exchange);
  }

  void keepRequest(Exchange exchange) {
    add(exchange.requestText().getBytes(StandardCharsets.UTF_8));
  }

  void keepAnswer(Exchange exchange) {
    add(exchange.answerBody());
  }

  private synchronized void add(byte[] text) {
    texts.add(text);
  }

  synchronized List<byte[]> all() {
    return List.copyOf(texts);
  }
}

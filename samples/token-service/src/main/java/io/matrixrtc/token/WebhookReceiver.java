package io.matrixrtc.token;

import io.matrixrtc.token.leave.LeaveJobs;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /sfu_webhook}: takes what LiveKit reports, if LiveKit signed it (LK-WEBHOOK). */
final class WebhookReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookReceiver.class);

  private final SfuSignature signature;
  private final LeaveJobs leaves;
  private final Duration bodyTime;

  /**
   * @param bodyTime within which a body must come
   */
  WebhookReceiver(SfuSignature signature, LeaveJobs leaves, Duration bodyTime) {
    this.signature = signature;
    this.leaves = leaves;
    this.bodyTime = bodyTime;
  }

  void handle(HttpServerRequest request) {
    String token = request.getHeader("Authorization");
    if (!request.method().equals(HttpMethod.POST)) {
      request.response().setStatusCode(405).end();
    } else if (token == null || signature.verify(token).isEmpty()) {
      refuse(request); // LK-WEBHOOK-FIRST: nothing is held for a stranger
    } else {
      BoundedBody.read(request, SfuWebhook.MAX_BYTES, bodyTime)
          .onComplete(body -> report(request, token, body), error -> fail(request, error));
    }
  }

  private void report(HttpServerRequest request, String token, byte[] body) {
    if (signature.vouchesFor(token, body)) {
      SfuWebhook.read(body).ifPresent(leaves::report);
      request.response().setStatusCode(200).end();
    } else {
      refuse(request);
    }
  }

  private static void refuse(HttpServerRequest request) {
    LOG.warn("{}", LogLine.of("webhook refused: not signed with our API key"));
    request.response().setStatusCode(401).end();
  }

  private static void fail(HttpServerRequest request, Throwable error) {
    if (!request.response().closed()) {
      request.response().setStatusCode(error instanceof Refusal why ? why.status() : 500).end();
    }
  }
}

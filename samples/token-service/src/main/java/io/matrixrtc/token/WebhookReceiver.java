package io.matrixrtc.token;

import io.matrixrtc.token.leave.LeaveJobs;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /sfu_webhook}: takes what LiveKit reports, if LiveKit signed it (LK-WEBHOOK). */
final class WebhookReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookReceiver.class);

  private final SfuSignature signature;
  private final LeaveJobs leaves;

  WebhookReceiver(SfuSignature signature, LeaveJobs leaves) {
    this.signature = signature;
    this.leaves = leaves;
  }

  void handle(HttpServerRequest request) {
    String token = request.getHeader("Authorization");
    BoundedBody.read(request, SfuWebhook.MAX_BYTES)
        .onComplete(
            body -> {
              boolean signed = token != null && signature.vouchesFor(token, body);
              if (signed) {
                SfuWebhook.read(body).ifPresent(leaves::report);
              } else {
                LOG.warn("{}", LogLine.of("webhook refused: not signed with our API key"));
              }
              request.response().setStatusCode(signed ? 200 : 401).end();
            },
            error -> request.response().setStatusCode(413).end());
  }
}

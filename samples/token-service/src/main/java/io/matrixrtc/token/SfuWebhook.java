package io.matrixrtc.token;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.matrixrtc.token.leave.SfuEvent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import livekit.LivekitModels;
import livekit.LivekitWebhook;

/** Reads LiveKit's webhooks. */
final class SfuWebhook {
  /** Longest body: a room and a participant with 64 KiB of metadata each, and their tracks. */
  static final int MAX_BYTES = 512 << 10;

  private SfuWebhook() {}

  /** What the webhook says of a participant; empty if it says something else. */
  static Optional<SfuEvent> read(byte[] body) {
    LivekitWebhook.WebhookEvent.Builder event = LivekitWebhook.WebhookEvent.newBuilder();
    try {
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(new String(body, StandardCharsets.UTF_8), event);
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty(); // it was signed, so it is from a version that we do not know
    }
    return kind(event)
        .map(
            kind ->
                new SfuEvent(
                    event.getRoom().getName(), event.getParticipant().getIdentity(), kind));
  }

  private static Optional<SfuEvent.Kind> kind(LivekitWebhook.WebhookEventOrBuilder event) {
    return switch (event.getEvent()) {
      case "participant_joined" -> Optional.of(SfuEvent.Kind.JOINED);
      case "participant_left", "participant_connection_aborted" ->
          Optional.of(
              event.getParticipant().getDisconnectReason()
                      == LivekitModels.DisconnectReason.CLIENT_INITIATED
                  ? SfuEvent.Kind.LEFT_ON_PURPOSE
                  : SfuEvent.Kind.LEFT);
      default -> Optional.empty();
    };
  }
}

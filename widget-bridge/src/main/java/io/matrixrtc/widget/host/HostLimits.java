package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.MessageReader;
import java.time.Duration;

/**
 * What a session bears from a widget (LIMITS). Beyond it a request is refused with an error, and
 * what is no request is dropped; both are reported.
 *
 * @param reader longest and deepest message
 * @param maxCapabilities most capability strings in one negotiation; more are cut off
 * @param maxOpenRequests most requests of the widget under way at a time
 * @param maxQueuedRequests most requests that wait behind them
 * @param maxUnansweredPushes most requests to the widget that wait for its reply
 * @param maxQueuedPushes most requests to the widget that wait behind them
 * @param rememberedRequests how many answered request ids are remembered against replay
 * @param maxRememberedReplyChars longest reply that is repeated for a repeated request
 * @param replyTimeout how long the widget may take to answer
 * @param answerTimeout how long the host may take to answer; below the 10 s that widgets wait
 * @param maxRecipients most devices named in one to-device request
 * @param maxRooms most rooms in one request
 * @param maxReadEvents most events that one read returns
 * @param maxMediaBytes largest file, up and down
 * @param maxDelay longest delay of a delayed event
 * @param maxDelayedEvents most delayed events of a session that are not over
 * @param maxOpenIdPrompts most OpenID questions before the user at a time
 * @param maxStrikes dropped or refused-for-flooding messages in {@code strikeWindow} that end the
 *     session
 * @param strikeWindow see {@code maxStrikes}
 */
public record HostLimits(
    MessageReader reader,
    int maxCapabilities,
    int maxOpenRequests,
    int maxQueuedRequests,
    int maxUnansweredPushes,
    int maxQueuedPushes,
    int rememberedRequests,
    int maxRememberedReplyChars,
    Duration replyTimeout,
    Duration answerTimeout,
    int maxRecipients,
    int maxRooms,
    int maxReadEvents,
    int maxMediaBytes,
    Duration maxDelay,
    int maxDelayedEvents,
    int maxOpenIdPrompts,
    int maxStrikes,
    Duration strikeWindow) {

  /** The limits unless told otherwise. */
  public static final HostLimits DEFAULT =
      new HostLimits(
          new MessageReader(16 << 20, 64),
          256,
          32,
          64,
          64,
          1_024,
          1_024,
          4_096,
          Duration.ofSeconds(10),
          Duration.ofSeconds(9),
          5_000,
          100,
          500,
          10 << 20,
          Duration.ofDays(1),
          16,
          8,
          500,
          Duration.ofSeconds(10));
}

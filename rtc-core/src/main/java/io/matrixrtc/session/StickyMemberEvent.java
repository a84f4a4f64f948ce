package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A sticky event (MSC4354) of type {@value #TYPE}, decrypted if it was encrypted. Nothing in it is
 * checked.
 *
 * @param eventId its id
 * @param sender who sent it, the server's word
 * @param originServerTs when the sender's homeserver accepted it
 * @param duration how long it is sticky, as the event states it; at most {@link #MAX_DURATION}
 * @param stickyUntil when that ends by the local clock; see {@link #stickyUntil(Instant, Instant,
 *     Duration, Optional)}
 * @param encryptedBy the device whose room key it was encrypted with, authenticated; empty if it
 *     came in the clear
 * @param content its content
 */
public record StickyMemberEvent(
    String eventId,
    String sender,
    Instant originServerTs,
    Duration duration,
    Instant stickyUntil,
    Optional<DeviceAddress> encryptedBy,
    ObjectNode content)
    implements MemberEvent {
  /** The unstable event type of MSC4143 that is on the wire. */
  public static final String TYPE = "org.matrix.msc4143.rtc.member";

  /** No event is sticky for longer (MSC4354). */
  public static final Duration MAX_DURATION = Duration.ofHours(1);

  private static final String UNSTABLE_KEY = "msc4354_sticky_key";
  private static final String STABLE_KEY = "sticky_key";

  public StickyMemberEvent {
    duration = within(duration);
    content = content.deepCopy();
  }

  @Override
  public ObjectNode content() {
    return content.deepCopy();
  }

  /**
   * When stickiness ends by the local clock (STICKY-END): after what the server says is left, if it
   * says so; else after the duration, counted from the event's time or, if that lies ahead, from
   * now.
   *
   * @param receivedAt when the event came, by the local clock
   * @param left {@code unsigned.msc4354_sticky_duration_ttl_ms}
   */
  public static Instant stickyUntil(
      Instant receivedAt, Instant originServerTs, Duration duration, Optional<Duration> left) {
    if (left.isPresent()) {
      return receivedAt.plus(within(left.get()));
    }
    Instant start = originServerTs.isBefore(receivedAt) ? originServerTs : receivedAt;
    return start.plus(within(duration));
  }

  private static Duration within(Duration duration) {
    if (duration.isNegative()) {
      return Duration.ZERO;
    }
    return duration.compareTo(MAX_DURATION) < 0 ? duration : MAX_DURATION;
  }

  /** The sticky key under either name, the unstable one first; empty if there is none. */
  Optional<String> stickyKey() {
    for (String name : new String[] {UNSTABLE_KEY, STABLE_KEY}) {
      if (content.path(name).isTextual()) {
        return Optional.of(content.path(name).textValue());
      }
    }
    return Optional.empty();
  }

  /** Whether a field of the content is a sticky key. */
  static boolean isStickyKey(String field) {
    return field.equals(UNSTABLE_KEY) || field.equals(STABLE_KEY);
  }
}

package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A media key that arrived from a device whose name is authenticated. Who receives it owns {@code
 * key} and closes it.
 *
 * @param from the sending device; equals the one it claims to be
 * @param evidence how the device is known
 * @param memberId the sender's word for its member id
 * @param index the key's index
 * @param key the key, 16 to 64 bytes
 * @param sentAt the sender's word for when it was sent; compared only with its own
 * @param takenAt when the homeserver took it, where the way tells; the server's word
 * @param way how it travelled
 */
public record ReceivedKey(
    DeviceAddress from,
    SenderEvidence evidence,
    String memberId,
    KeyIndex index,
    MediaKey key,
    Optional<Instant> sentAt,
    Optional<Instant> takenAt,
    KeyWay way) {

  /** A key whose way does not tell when the homeserver took it. */
  public ReceivedKey(
      DeviceAddress from,
      SenderEvidence evidence,
      String memberId,
      KeyIndex index,
      MediaKey key,
      Optional<Instant> sentAt,
      KeyWay way) {
    this(from, evidence, memberId, index, key, sentAt, Optional.empty(), way);
  }

  /**
   * How old the key was when it arrived (LK-13): since the sender sent it by its own word, else
   * since the server took it. Zero if that is in the future; empty if neither is known.
   */
  Optional<Duration> age(Instant now) {
    return sentAt
        .or(() -> takenAt)
        .map(from -> from.isBefore(now) ? Duration.between(from, now) : Duration.ZERO);
  }

  /** This, by another name of its way. */
  ReceivedKey by(KeyWay other) {
    return new ReceivedKey(from, evidence, memberId, index, key, sentAt, takenAt, other);
  }
}

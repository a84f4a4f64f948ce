package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
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
 * @param way how it travelled
 */
public record ReceivedKey(
    DeviceAddress from,
    SenderEvidence evidence,
    String memberId,
    KeyIndex index,
    MediaKey key,
    Optional<Instant> sentAt,
    KeyWay way) {
  /** This, by another name of its way. */
  ReceivedKey by(KeyWay other) {
    return new ReceivedKey(from, evidence, memberId, index, key, sentAt, other);
  }
}

package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Optional;

/**
 * Who sent a decrypted to-device event, by the Olm session that decrypted it and never by its
 * content.
 *
 * @param sender the user, equal in the event and inside the encrypted payload
 * @param senderDevice the device that owns {@code senderKey}; empty for room keys, whose owner is
 *     judged when they are used
 * @param senderKey the identity key of the Olm session
 * @param verification how sure it is that the device belongs to {@code sender}
 */
public record EncryptionInfo(
    String sender,
    Optional<String> senderDevice,
    Curve25519PublicKey senderKey,
    VerificationState verification) {}

package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;

/** The user that an event names as its sender, and the identity key that it names. */
record SenderKey(String userId, Curve25519PublicKey key) {}

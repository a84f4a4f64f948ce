package io.matrixrtc.olm;

/**
 * The two public keys that a device keeps for life.
 *
 * @param ed25519 signs; also called the fingerprint key
 * @param curve25519 names the device in Olm messages
 */
public record IdentityKeys(Ed25519PublicKey ed25519, Curve25519PublicKey curve25519) {}

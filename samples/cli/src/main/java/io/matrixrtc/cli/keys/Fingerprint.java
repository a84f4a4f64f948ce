package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.List;
import java.util.Optional;

/** A public key as people compare it: base64 in groups of four. */
record Fingerprint(Ed25519PublicKey key) {
  private static final int GROUP = 4;

  /** Reads what other clients show; the groups may be words of their own. Empty if it is none. */
  static Optional<Fingerprint> parse(List<String> words) {
    try {
      String text = String.join("", words).replaceAll("\\s", "");
      return Optional.of(new Fingerprint(Ed25519PublicKey.fromBase64(text)));
    } catch (KeyFormatException e) {
      return Optional.empty();
    }
  }

  static String shown(String base64) {
    StringBuilder groups = new StringBuilder();
    for (int at = 0; at < base64.length(); at += GROUP) {
      groups.append(at == 0 ? "" : " ").append(base64, at, Math.min(base64.length(), at + GROUP));
    }
    return groups.toString();
  }

  /** What of a user has the key. */
  sealed interface Owner {
    /** A device. */
    record OfDevice(Device device) implements Owner {}

    /** The user's identity. */
    record OfIdentity(Ed25519PublicKey master) implements Owner {}
  }

  /** Finds out whose key it is, after asking the homeserver. */
  Owner ownedBy(String userId, OpenProfile open) throws CommandFailure {
    open.lookUp(List.of(userId));
    Optional<String> unknown = open.unknown(userId);
    if (unknown.isPresent()) {
      throw new CommandFailure(unknown.get());
    }
    Optional<Owner> owner =
        open.ask(
            machine -> {
              if (machine
                  .identity(userId)
                  .filter(identity -> identity.master().key().equals(key))
                  .isPresent()) {
                return Optional.of(new Owner.OfIdentity(key));
              }
              return machine.devicesOf(userId).stream()
                  .filter(device -> device.keys().ed25519().equals(key))
                  .<Owner>map(Owner.OfDevice::new)
                  .findFirst();
            });
    return owner.orElseThrow(
        () ->
            new CommandFailure(
                "nothing of "
                    + userId
                    + " has this fingerprint. If it is what the other device shows, somebody is"
                    + " between you: do not go on. 'matrixrtc keys devices "
                    + userId
                    + "' lists what the homeserver says."));
  }
}

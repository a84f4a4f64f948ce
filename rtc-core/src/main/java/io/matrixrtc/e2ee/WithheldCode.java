package io.matrixrtc.e2ee;

import java.util.Optional;

/**
 * Why a device was not given a room key, as it says itself.
 *
 * <p>Source: Matrix specification, {@code m.room_key.withheld}.
 */
public enum WithheldCode {
  /** We are blocked by its user. */
  BLACKLISTED("m.blacklisted"),
  /** We are not verified, or not cross-signed. */
  UNVERIFIED("m.unverified"),
  /** We may not read the room. */
  UNAUTHORISED("m.unauthorised"),
  /** It has not got the key. */
  UNAVAILABLE("m.unavailable"),
  /** It could not start an Olm session with us. Names no key: it is about all of them. */
  NO_OLM("m.no_olm"),
  /** The key is of before we joined, and its owner did not mean to share it (MSC4268). */
  HISTORY_NOT_SHARED("m.history_not_shared");

  private final String code;

  WithheldCode(String code) {
    this.code = code;
  }

  /** The name in JSON. */
  public String code() {
    return code;
  }

  /** The code of that name; empty for those that are about no single key, and unknown ones. */
  public static Optional<WithheldCode> of(String code) {
    for (WithheldCode known : values()) {
      if (known != NO_OLM && known.code.equals(code)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }
}

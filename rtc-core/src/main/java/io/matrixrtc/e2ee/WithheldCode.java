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
  UNAVAILABLE("m.unavailable");

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
      if (known.code.equals(code)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }
}

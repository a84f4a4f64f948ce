package io.matrixrtc.client;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Checks of identifiers. Matrix specification, appendix "Identifier grammar". */
final class MatrixIds {
  /** Longest user id, device id, event type and state key, in bytes of UTF-8. */
  static final int MAX_BYTES = 255;

  private MatrixIds() {}

  /**
   * The server name in a user id; nothing if it is no user id (ID-USER). Localparts as older
   * versions allowed them pass: they may hold anything but a colon and NUL.
   */
  static Optional<ServerName> serverOf(String userId) {
    int colon = userId.indexOf(':');
    if (!userId.startsWith("@")
        || colon < 0
        || bytes(userId) > MAX_BYTES
        || userId.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    return ServerName.parse(userId.substring(colon + 1));
  }

  /** Whether it may name a device (ID-DEVICE): opaque, but short and printable. */
  static boolean isDeviceId(String deviceId) {
    return !deviceId.isEmpty()
        && bytes(deviceId) <= MAX_BYTES
        && deviceId.codePoints().noneMatch(MatrixIds::isUnprintable);
  }

  private static boolean isUnprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

package io.matrixrtc.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Names under which LiveKit knows participants and rooms (MSC4195): unpadded standard base64 of the
 * SHA-256 of a compact JSON array of strings, 43 characters.
 *
 * <p>The token service computes the same names with Go's JSON encoder, which escapes {@code <},
 * {@code >} and {@code &}, while JavaScript and this class do not: keep them out of member ids.
 */
public final class LivekitNames {
  private static final HexFormat HEX = HexFormat.of();

  private LivekitNames() {}

  /** The participant identity of a state-event membership: {@code user:device}, not hashed. */
  public static String stateIdentity(String userId, String deviceId) {
    return userId + ":" + deviceId;
  }

  /** The participant identity of a sticky membership. */
  public static String stickyIdentity(String userId, String deviceId, String memberId) {
    return hash(List.of(userId, deviceId, memberId));
  }

  /** The participant identity of a membership of the newest MSC4143 text. */
  public static String draftIdentity(String sender, String memberId) {
    return hash(List.of(sender, memberId));
  }

  /** The LiveKit room of a slot. */
  public static String roomAlias(String roomId, String slotId) {
    return hash(List.of(roomId, slotId));
  }

  private static String hash(List<String> parts) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(json(parts).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The array as {@code JSON.stringify} writes it. */
  static String json(List<String> parts) {
    StringBuilder out = new StringBuilder("[");
    for (String part : parts) {
      out.append(out.length() == 1 ? "\"" : ",\"");
      for (int i = 0; i < part.length(); i++) {
        char c = part.charAt(i);
        boolean paired = i + 1 < part.length() && Character.isSurrogatePair(c, part.charAt(i + 1));
        if (paired) {
          out.append(c).append(part.charAt(++i));
        } else {
          escape(c, out);
        }
      }
      out.append('"');
    }
    return out.append(']').toString();
  }

  private static void escape(char c, StringBuilder out) {
    switch (c) {
      case '"', '\\' -> out.append('\\').append(c);
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c < ' ' || Character.isSurrogate(c)) {
          out.append("\\u").append(HEX.toHexDigits(c));
        } else {
          out.append(c);
        }
      }
    }
  }
}

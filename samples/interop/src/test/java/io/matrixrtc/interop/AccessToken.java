package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** LiveKit access tokens that tests sign themselves: right ones, and wrong ones. */
final class AccessToken {
  private AccessToken() {}

  /** What a participant is allowed; {@code video} is to be filled in further. */
  static ObjectNode claims(String key, String identity, String room, Instant expiry) {
    ObjectNode claims = Json.newObject().put("iss", key).put("sub", identity);
    claims.put("exp", expiry.getEpochSecond());
    claims.putObject("video").put("roomJoin", true).put("room", room);
    return claims;
  }

  /** The token that says so. */
  static String signed(ObjectNode claims, String secret) {
    String signed = part("{\"alg\":\"HS256\"}") + "." + part(claims.toString());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return signed + "." + part(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HMAC with SHA-256", e);
    }
  }

  private static String part(String text) {
    return part(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

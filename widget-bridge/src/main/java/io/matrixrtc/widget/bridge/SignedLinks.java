package io.matrixrtc.widget.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Links that open one session, once, for a short time (LINK-SIGNED, LINK-ONCE). Whoever holds one
 * is the user: it is to be handed out over a channel that the user is known on. Safe for many
 * threads.
 */
public final class SignedLinks {
  /** Longest ticket, in characters. */
  public static final int MAX_TICKET_CHARS = 512;

  private static final int KEY_BYTES = 32;

  private final SecretKeySpec key;
  private final Map<String, Instant> used = new HashMap<>();
  private final AtomicLong signed = new AtomicLong();

  /**
   * @param key 32 bytes or more, which only this server knows
   */
  public SignedLinks(byte[] key) {
    if (key.length < KEY_BYTES) {
      throw new IllegalArgumentException("link key: want 32 bytes or more, got " + key.length);
    }
    this.key = new SecretKeySpec(key.clone(), "HmacSHA256");
  }

  /** Links under a new key, which are good until this process ends. */
  public static SignedLinks ofThisProcess() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new SignedLinks(key);
  }

  /** A link for what {@code ticket} stands for in the app. */
  public String sign(String ticket, Instant now, Duration lifetime) {
    if (ticket.length() > MAX_TICKET_CHARS) {
      throw new IllegalArgumentException("ticket of " + ticket.length() + " characters");
    }
    String expiry = now.plus(lifetime).toEpochMilli() + "." + signed.incrementAndGet();
    String body = base64(ticket.getBytes(UTF_8)) + "." + expiry; // two of one moment differ
    return body + "." + base64(mac(body));
  }

  /** Whether the link is ours and has not expired. Does not use it up. */
  public boolean isValid(String link, Instant now) {
    return read(link).filter(ours -> ours.expiry.isAfter(now)).isPresent();
  }

  /** The ticket of a valid link that was not used before; it is used then. */
  public synchronized Use use(String link, Instant now) {
    used.values().removeIf(expiry -> !expiry.isAfter(now));
    Optional<Link> read = read(link);
    if (read.isEmpty()) {
      return new Use.Refused(Refusal.NOT_OURS);
    } else if (!read.get().expiry.isAfter(now)) {
      return new Use.Refused(Refusal.EXPIRED);
    } else if (used.putIfAbsent(link, read.get().expiry) != null) {
      return new Use.Refused(Refusal.USED);
    }
    return new Use.Granted(read.get().ticket);
  }

  /** What became of a link that somebody has come with. */
  public sealed interface Use {
    /** It stands for this, and is used up now. */
    record Granted(String ticket) implements Use {}

    /** It opens nothing. */
    record Refused(Refusal why) implements Use {}
  }

  /** Why a link opens nothing. */
  public enum Refusal {
    /** Not signed by this server, or not since it was started, or not all of it is there. */
    NOT_OURS("link is not valid"),
    /** It has opened its session. */
    USED("link was used"),
    /** Its time is over. */
    EXPIRED("link has expired");

    private final String words;

    Refusal(String words) {
      this.words = words;
    }

    /** As the page is told, which has a sentence for each. */
    String words() {
      return words;
    }
  }

  private record Link(String ticket, Instant expiry) {}

  /** What is written in a link of ours, however old. */
  private Optional<Link> read(String link) {
    String[] parts = link.split("\\.", -1);
    if (parts.length != 4 || link.length() > 2 * MAX_TICKET_CHARS) {
      return Optional.empty();
    }
    try {
      byte[] given = Base64.getUrlDecoder().decode(parts[3]);
      if (!MessageDigest.isEqual(given, mac(link.substring(0, link.lastIndexOf('.'))))
          || !base64(given).equals(parts[3])) { // one spelling, so that one link is used once
        return Optional.empty();
      }
      Instant expiry = Instant.ofEpochMilli(Long.parseLong(parts[1]));
      return Optional.of(
          new Link(new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8), expiry));
    } catch (IllegalArgumentException e) { // neither base64 nor a number: none of ours
      return Optional.empty();
    }
  }

  private byte[] mac(String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(body.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has HMAC-SHA-256", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

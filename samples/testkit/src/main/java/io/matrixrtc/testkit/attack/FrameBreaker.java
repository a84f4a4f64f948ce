package io.matrixrtc.testkit.attack;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tries to open recorded frames with everything an attacker holds: each key material as it was
 * given, and every ratchet step from it within reach, for any sender and whatever index the frame
 * names. Safe for many threads. A wrong key costs the JCE an exception, so that attempts are
 * cheapest where the stack is flat.
 */
public final class FrameBreaker {
  /** How many ratchet steps are walked from each material. */
  public static final int RATCHET_STEPS = 10;

  private static final byte[] SALT = "LKFrameEncryptionKey".getBytes(StandardCharsets.US_ASCII);
  private static final int TAG_BYTES = 16;
  private static final int IV_BYTES = 12;

  private final List<SecretKeySpec> keys;
  private final Set<SecretKeySpec> held = new LinkedHashSet<>();
  private final ThreadLocal<Attempts> attempts = ThreadLocal.withInitial(Attempts::new);

  /** What a thread tries with; the key that fitted last is tried first. */
  private static final class Attempts {
    final Cipher cipher;
    int lastHit;

    Attempts() {
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM lacks AES-GCM", e);
      }
    }
  }

  /** Takes what the attacker holds: raw media key materials, 16 to 64 bytes each. */
  public FrameBreaker(List<byte[]> materials) {
    try {
      for (byte[] material : materials) {
        // A ratcheted material begins with the frame key of the step before it.
        held.add(new SecretKeySpec(Arrays.copyOf(material, 16), "AES"));
        byte[] step = material;
        for (int i = 0; i <= RATCHET_STEPS; i++) {
          byte[] next = derive(step);
          held.add(new SecretKeySpec(Arrays.copyOf(next, 16), "AES"));
          step = next;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM lacks HMAC-SHA-256", e);
    }
    keys = List.copyOf(held);
  }

  /**
   * Returns whether any key opens the frame.
   *
   * @param frame as it was on the wire
   * @param clearBytes length of the unencrypted head, which is authenticated with it
   */
  public boolean opens(byte[] frame, int clearBytes) {
    return keyOf(frame, clearBytes).isPresent();
  }

  /** As {@link #opens}; returns the AES key that does. Secret. */
  public Optional<SecretKeySpec> keyOf(byte[] frame, int clearBytes) {
    int ivAt = frame.length - 2 - IV_BYTES;
    if (ivAt - TAG_BYTES < clearBytes) {
      return Optional.empty();
    }
    Attempts mine = attempts.get();
    for (int i = 0; i < keys.size(); i++) {
      int candidate = (mine.lastHit + i) % keys.size();
      if (opensWith(mine.cipher, keys.get(candidate), frame, clearBytes, ivAt)) {
        mine.lastHit = candidate;
        return Optional.of(keys.get(candidate));
      }
    }
    return Optional.empty();
  }

  /** Whether the attacker has an AES key, by whatever number of steps. */
  public boolean holds(SecretKeySpec key) {
    return held.contains(key);
  }

  private static boolean opensWith(
      Cipher cipher, SecretKeySpec key, byte[] frame, int clearBytes, int ivAt) {
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, frame, ivAt, IV_BYTES));
      cipher.updateAAD(frame, 0, clearBytes);
      cipher.doFinal(frame, clearBytes, ivAt - clearBytes);
      return true;
    } catch (AEADBadTagException wrongKey) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed for another reason than a wrong tag", e);
    }
  }

  /** HKDF-SHA-256 with 128 zero bytes of info: 32 bytes, of which the AES key is the first half. */
  private static byte[] derive(byte[] material) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SALT, "HmacSHA256"));
    byte[] pseudoRandom = mac.doFinal(material);
    mac.init(new SecretKeySpec(pseudoRandom, "HmacSHA256"));
    mac.update(new byte[128]);
    return mac.doFinal(new byte[] {1});
  }
}

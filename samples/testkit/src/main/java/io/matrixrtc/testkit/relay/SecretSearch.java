package io.matrixrtc.testkit.relay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Finds many byte strings in one pass, for example keys in all the ways they might be written.
 * Immutable.
 */
public final class SecretSearch {
  /** Shortest byte string that can be looked for. */
  public static final int MIN_NEEDLE_BYTES = 4;

  /** Bits of {@link #prefixes}: most words of a haystack are told apart from all needles by it. */
  private static final int FILTER_BITS = 1 << 16;

  private final Map<Integer, List<Needle>> byPrefix = new HashMap<>();
  private final BitSet prefixes = new BitSet(FILTER_BITS);

  private SecretSearch() {}

  /** What to look for: bytes, and what they are, for people. The text must not show the bytes. */
  public static final class Needle {
    private final String label;
    private final String encoding;
    private final byte[] bytes;

    private Needle(String label, String encoding, byte[] bytes) {
      this.label = label;
      this.encoding = encoding;
      this.bytes = bytes;
    }

    /** A byte string as it is, at least {@value #MIN_NEEDLE_BYTES} bytes. */
    public static Needle of(String label, byte[] bytes) {
      return new Needle(label, "bytes", bytes.clone());
    }

    public String label() {
      return label;
    }

    /** How the bytes are written: {@code bytes}, {@code hex}, {@code base64+1}… */
    public String encoding() {
      return encoding;
    }

    @Override
    public String toString() {
      return "Needle[" + label + ", " + encoding + ", " + bytes.length + " bytes]";
    }
  }

  /** A needle and where it was found. */
  public record Match(Needle needle, int offset) {}

  /**
   * A secret in all its encodings: bytes, bytes reversed, hex in both cases, base64 in both
   * alphabets (also inside a longer base64 text, at each of the three alignments), base64 and bytes
   * as JSON writers escape them, base64 percent-encoded, and a list of decimal numbers, signed and
   * unsigned.
   *
   * @param secret at least 8 bytes, since shorter ones are found by chance
   */
  public static List<Needle> encodingsOf(String label, byte[] secret) {
    if (secret.length < 8) {
      throw new IllegalArgumentException("secret: want at least 8 bytes, got " + secret.length);
    }
    List<Needle> needles = new ArrayList<>();
    needles.add(new Needle(label, "bytes", secret.clone()));
    byte[] reversed = new byte[secret.length];
    StringJoiner signed = new StringJoiner(",");
    StringJoiner unsigned = new StringJoiner(",");
    for (int i = 0; i < secret.length; i++) {
      reversed[secret.length - 1 - i] = secret[i];
      signed.add(Integer.toString(secret[i]));
      unsigned.add(Integer.toString(Byte.toUnsignedInt(secret[i])));
    }
    needles.add(new Needle(label, "bytes reversed", reversed));
    add(needles, label, "hex", HexFormat.of().formatHex(secret));
    add(needles, label, "HEX", HexFormat.of().withUpperCase().formatHex(secret));
    add(needles, label, "decimal", unsigned.toString());
    add(needles, label, "signed decimal", signed.toString());
    add(needles, label, "decimal with spaces", unsigned.toString().replace(",", ", "));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + secret.length];
      System.arraycopy(secret, 0, shifted, before, secret.length);
      // Only the characters that the neighbours of the secret have no part in.
      int from = (before * 8 + 5) / 6;
      int to = shifted.length * 8 / 6;
      String standard = Base64.getEncoder().encodeToString(shifted).substring(from, to);
      String url = Base64.getUrlEncoder().encodeToString(shifted).substring(from, to);
      add(needles, label, "base64+" + before, standard);
      if (!url.equals(standard)) {
        add(needles, label, "base64url+" + before, url);
      }
      for (String percent : List.of("%2B %2F", "%2b %2f")) {
        String inUrl =
            standard.replace("+", percent.substring(0, 3)).replace("/", percent.substring(4));
        if (!inUrl.equals(standard)) {
          add(needles, label, "base64 percent-encoded+" + before, inUrl);
        }
      }
      for (String escaped : JsonForms.ofBase64(standard)) {
        add(needles, label, "base64 in JSON+" + before, escaped);
      }
    }
    for (String escaped : JsonForms.ofBytes(secret)) {
      add(needles, label, "bytes in JSON", escaped);
    }
    return List.copyOf(needles);
  }

  private static void add(List<Needle> needles, String label, String encoding, String text) {
    needles.add(new Needle(label, encoding, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A search for all of these at once. */
  public static SecretSearch of(Collection<Needle> needles) {
    SecretSearch search = new SecretSearch();
    for (Needle needle : needles) {
      if (needle.bytes.length < MIN_NEEDLE_BYTES) {
        throw new IllegalArgumentException("needle: want at least 4 bytes: " + needle);
      }
      int prefix = word(needle.bytes, 0);
      search.byPrefix.computeIfAbsent(prefix, p -> new ArrayList<>()).add(needle);
      search.prefixes.set(slot(prefix));
    }
    return search;
  }

  /** Every place in {@code haystack} where a needle is, in order. */
  public List<Match> find(byte[] haystack) {
    List<Match> matches = new ArrayList<>();
    for (int at = 0; at + MIN_NEEDLE_BYTES <= haystack.length; at++) {
      int word = word(haystack, at);
      if (!prefixes.get(slot(word))) {
        continue;
      }
      for (Needle needle : byPrefix.getOrDefault(word, List.of())) {
        int end = at + needle.bytes.length;
        if (end <= haystack.length
            && Arrays.equals(haystack, at, end, needle.bytes, 0, needle.bytes.length)) {
          matches.add(new Match(needle, at));
        }
      }
    }
    return matches;
  }

  private static int slot(int word) {
    return word * 0x9E3779B1 >>> 16;
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] << 24
        | Byte.toUnsignedInt(bytes[at + 1]) << 16
        | Byte.toUnsignedInt(bytes[at + 2]) << 8
        | Byte.toUnsignedInt(bytes[at + 3]);
  }
}

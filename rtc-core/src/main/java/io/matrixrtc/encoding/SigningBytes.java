package io.matrixrtc.encoding;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an object that its signatures cover: canonical JSON without the top-level members
 * {@code signatures} and {@code unsigned}; every other member, known or not, is signed
 * (SIGN-BYTES).
 *
 * <p>Source: Matrix specification, appendices, "Signing JSON".
 */
public final class SigningBytes {
  private static final Set<String> NOT_SIGNED = Set.of("signatures", "unsigned");

  private SigningBytes() {}

  /** Whether a top-level member of this name is part of the signed bytes. */
  public static boolean covers(String member) {
    return !NOT_SIGNED.contains(member);
  }

  /**
   * Returns the signed bytes of {@code object}, whose values are those of {@link
   * CanonicalJsonWriter}.
   *
   * @throws CanonicalJsonException if the object has no canonical form
   */
  public static byte[] of(Map<String, ? extends @Nullable Object> object)
      throws CanonicalJsonException {
    Map<String, @Nullable Object> signed = new HashMap<>(object);
    signed.keySet().removeAll(NOT_SIGNED);
    return CanonicalJsonWriter.write(signed);
  }
}

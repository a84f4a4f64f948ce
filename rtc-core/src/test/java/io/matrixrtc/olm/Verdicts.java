package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * Our errors in the words of the vector files: each error has one name, or two where the files
 * themselves are not of one mind.
 */
final class Verdicts {
  private static final Map<String, Set<String>> FAMILIES =
      Map.of(
          "decode",
          Set.of("bad_version", "malformed", "too_short", "bad_key", "bad_base64", "bad_signature"),
          "authentication",
          Set.of("bad_mac", "bad_padding", "bad_signature", "bad_mac_length"),
          "ratchet_state",
          Set.of("gap_too_big", "missing_message_key", "unknown_index"),
          "key_agreement",
          Set.of("non_contributory"),
          "session",
          Set.of("unknown_one_time_key", "identity_key_mismatch", "bad_mac_length"));

  private Verdicts() {}

  /** Asserts that {@code error} is what {@code expect} asks for. */
  static void assertMatches(JsonNode expect, Exception error) {
    Set<String> names = names(error);
    assertThat(names).as("our verdict: %s", error).contains(expect.get("error").textValue());
    if (expect.has("family")) {
      String family = expect.get("family").textValue();
      assertThat(FAMILIES).as("error family").containsKey(family);
      assertThat(FAMILIES.get(family)).as("family %s", family).containsAnyElementsOf(names);
    }
  }

  static Set<String> names(Exception error) {
    if (error instanceof OlmException.Malformed e) {
      return names(e.defect());
    }
    if (error instanceof OlmException.NotAuthentic e) {
      return names(e.check());
    }
    if (error instanceof OlmException.GapTooBig) {
      return Set.of("gap_too_big");
    }
    if (error instanceof OlmException.MissingMessageKey) {
      return Set.of("missing_message_key");
    }
    if (error instanceof OlmException.NonContributory) {
      return Set.of("non_contributory");
    }
    if (error instanceof OlmException.UnknownOneTimeKey) {
      return Set.of("unknown_one_time_key");
    }
    if (error instanceof OlmException.IdentityKeyMismatch) {
      return Set.of("identity_key_mismatch");
    }
    if (error instanceof OlmException.ConfigMismatch) {
      return Set.of("bad_mac_length", "wrong_mac_length", "bad_version", "config_mismatch");
    }
    return megolmNames(error);
  }

  private static Set<String> megolmNames(Exception error) {
    if (error instanceof MegolmException.Malformed e) {
      return names(e.defect());
    }
    if (error instanceof MegolmException.MalformedKey e) {
      return names(e.defect());
    }
    if (error instanceof MegolmException.NotAuthentic e) {
      return names(e.check());
    }
    if (error instanceof MegolmException.UnknownIndex) {
      return Set.of("unknown_index");
    }
    if (error instanceof MegolmException.ConfigMismatch) {
      return Set.of("bad_mac_length", "wrong_mac_length", "bad_version", "config_mismatch");
    }
    throw new AssertionError("no name for " + error, error);
  }

  private static Set<String> names(SessionKeyDefect defect) {
    return switch (defect) {
      case BASE64 -> Set.of("bad_base64");
      case UNSUPPORTED_VERSION -> Set.of("bad_version");
      case TOO_SHORT -> Set.of("too_short");
      case TOO_LONG -> Set.of("too_long", "bad_signature");
      case BAD_KEY -> Set.of("bad_key");
      case BAD_SIGNATURE -> Set.of("bad_signature");
    };
  }

  private static Set<String> names(MessageDefect defect) {
    return switch (defect) {
      case UNKNOWN_TYPE -> Set.of("unknown_type");
      case MISSING_VERSION -> Set.of("missing_version", "too_short", "malformed");
      case UNSUPPORTED_VERSION -> Set.of("bad_version");
      case TOO_SHORT -> Set.of("too_short", "malformed");
      case BAD_FIELDS -> Set.of("malformed");
      case BAD_KEY -> Set.of("bad_key");
    };
  }

  private static Set<String> names(AuthenticityCheck check) {
    return switch (check) {
      case SIGNATURE -> Set.of("bad_signature");
      case MAC -> Set.of("bad_mac");
      case PADDING -> Set.of("bad_padding");
    };
  }
}

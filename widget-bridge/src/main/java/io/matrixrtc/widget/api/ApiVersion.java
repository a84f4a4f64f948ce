package io.matrixrtc.widget.api;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A version or feature string of {@code supported_api_versions}, in the order in which
 * matrix-widget-api lists them. A side names only what it implements.
 */
public enum ApiVersion {
  PRERELEASE_1("0.0.1"),
  PRERELEASE_2("0.0.2"),
  /** Sending and receiving events. */
  MSC2762("org.matrix.msc2762"),
  /** The host pushes room state with {@code update_state}. */
  MSC2762_UPDATE_STATE("org.matrix.msc2762_update_state"),
  /** The host tells what was approved with {@code notify_capabilities}. */
  MSC2871("org.matrix.msc2871"),
  /** Theme and language. */
  MSC2873("org.matrix.msc2873"),
  /** Navigation. */
  MSC2931("org.matrix.msc2931"),
  /** Renegotiation of capabilities. */
  MSC2974("org.matrix.msc2974"),
  /** Reading events. */
  MSC2876("org.matrix.msc2876"),
  /** To-device messages. */
  MSC3819("org.matrix.msc3819"),
  /** TURN servers. */
  MSC3846("town.robin.msc3846"),
  /** Relations. */
  MSC3869("org.matrix.msc3869"),
  /** User directory. */
  MSC3973("org.matrix.msc3973"),
  /** Media. */
  MSC4039("org.matrix.msc4039"),
  /** RTC transports. */
  MSC4515("org.matrix.msc4515"),
  /** LiveKit calls through the host. */
  MSC4533("org.matrix.msc4533");

  private final String wireName;

  ApiVersion(String wireName) {
    this.wireName = wireName;
  }

  /** The string on the wire. */
  public String wireName() {
    return wireName;
  }

  /** Those of {@code wireNames} that are known here; others are skipped. */
  public static Set<ApiVersion> known(Collection<String> wireNames) {
    EnumSet<ApiVersion> known = EnumSet.noneOf(ApiVersion.class);
    for (ApiVersion version : values()) {
      if (wireNames.contains(version.wireName)) {
        known.add(version);
      }
    }
    return known;
  }

  /** The strings of {@code versions}, in the order of this enum. */
  public static List<String> wireNames(Set<ApiVersion> versions) {
    return versions.stream().sorted().map(ApiVersion::wireName).toList();
  }
}

package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that devices of one user give each other. Their names are those of account data and
 * of {@code m.secret.request}.
 *
 * <p>Source: Matrix specification, end-to-end encryption, "Secrets" and "Cross-signing".
 */
public enum SecretName {
  /** The private master key. */
  MASTER("m.cross_signing.master", Usage.MASTER),
  /** The private self-signing key. */
  SELF_SIGNING("m.cross_signing.self_signing", Usage.SELF_SIGNING),
  /** The private user-signing key. */
  USER_SIGNING("m.cross_signing.user_signing", Usage.USER_SIGNING),
  /** The private key of the server-side backup of room keys, which the app keeps. */
  BACKUP("m.megolm_backup.v1", null);

  private final String label;
  private final Optional<Usage> usage;

  SecretName(String label, @Nullable Usage usage) {
    this.label = label;
    this.usage = Optional.ofNullable(usage);
  }

  /** The name in JSON. */
  public String label() {
    return label;
  }

  /** What the key signs; empty for the one that does not sign. */
  public Optional<Usage> usage() {
    return usage;
  }

  /** The secret with a name in JSON; empty for secrets of other kinds. */
  public static Optional<SecretName> labelled(String label) {
    for (SecretName name : values()) {
      if (name.label.equals(label)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  static SecretName of(Usage usage) {
    return switch (usage) {
      case MASTER -> MASTER;
      case SELF_SIGNING -> SELF_SIGNING;
      case USER_SIGNING -> USER_SIGNING;
    };
  }
}

package io.matrixrtc.backup.secrets;

import io.matrixrtc.backup.BackupKey;
import java.util.List;

/** The names of the secrets that clients keep. */
public final class Secrets {
  /** The private master key. */
  public static final String MASTER = "m.cross_signing.master";

  /** The private key that signs our own devices. */
  public static final String SELF_SIGNING = "m.cross_signing.self_signing";

  /** The private key that signs other users. */
  public static final String USER_SIGNING = "m.cross_signing.user_signing";

  /** The private key of the backup. */
  public static final String BACKUP = BackupKey.SECRET_NAME;

  /** The key of the dehydrated device (MSC3814). */
  public static final String DEHYDRATION = "org.matrix.msc3814";

  /** The three private keys of our user's cross-signing identity. */
  public static final List<String> CROSS_SIGNING = List.of(MASTER, SELF_SIGNING, USER_SIGNING);

  /** All of these. */
  public static final List<String> KNOWN =
      List.of(MASTER, SELF_SIGNING, USER_SIGNING, BACKUP, DEHYDRATION);

  private Secrets() {}
}

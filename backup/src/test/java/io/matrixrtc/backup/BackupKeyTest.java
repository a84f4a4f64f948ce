package io.matrixrtc.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.matrixrtc.backup.BackupKeyException.Reason;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class BackupKeyTest {
  private static BackupKey key(long seed) {
    return BackupKey.generate(TestRandom.of(seed));
  }

  @Test
  void bkeySecretIsUnpaddedBase64AndPaddedIsTaken_C47() throws Exception {
    BackupKey key = key(1);
    assertThat(key.toSecret()).hasSize(43);
    assertThat(BackupKey.fromSecret(key.toSecret()).isSameAs(key)).isTrue();
    assertThat(BackupKey.fromSecret(key.toSecret() + "=").isSameAs(key)).isTrue();
    assertThat(BackupKey.fromSecret(key.toSecret()).isSameAs(key(2))).isFalse();
    assertReason(Reason.ENCODING, key.toSecret() + "\n");
    assertReason(Reason.LENGTH, "");
  }

  @Test
  void bkeyListOfOldAccountsIsTaken() throws Exception {
    StringJoiner list = new StringJoiner(",");
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) {
      bytes[i] = (byte) (i * 8 + 7);
      list.add(Integer.toString(i * 8 + 7));
    }
    BackupKey key = BackupKey.fromSecret(list.toString());
    assertThat(key.isSameAs(BackupKey.copyOf(bytes))).isTrue();
    assertThat(BackupKey.isOldForm(list.toString())).isTrue();
    assertThat(BackupKey.isOldForm(key.toSecret())).isFalse();
    assertReason(Reason.LENGTH, list + ",1");
    assertReason(Reason.LENGTH, list.toString().substring(list.toString().indexOf(',') + 1));
    assertReason(Reason.ENCODING, list.toString().replace("255", "256"));
    assertReason(Reason.ENCODING, list.toString().replace("7,", "7, "));
    assertReason(Reason.ENCODING, list.toString().replace("255", "-1"));
  }

  @Test
  void theRecoveryKeyGivesTheSameKey() throws Exception {
    BackupKey key = key(3);
    assertThat(BackupKey.fromRecoveryKey(key.toRecoveryKey()).isSameAs(key)).isTrue();
  }

  @Test
  void isWipedAndNeverShown() {
    BackupKey key = key(4);
    assertThat(key.toString()).doesNotContain(key.toSecret()).contains(key.publicKey().toBase64());
    key.close();
    assertThatIllegalStateException().isThrownBy(key::toSecret);
  }

  private static void assertReason(Reason reason, String secret) {
    assertThatExceptionOfType(BackupKeyException.class)
        .isThrownBy(() -> BackupKey.fromSecret(secret))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}

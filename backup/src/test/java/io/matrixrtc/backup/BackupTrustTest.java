package io.matrixrtc.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.recovery.PassphraseException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Ed25519KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class BackupTrustTest {
  private static final String USER = "@alice:example.org";
  private final Ed25519KeyPair device = pair(1);
  private final Ed25519KeyPair master = pair(2);
  private final Ed25519KeyPair other = pair(3);
  private final BackupKey key = BackupKey.generate(TestRandom.of(4));
  private final BackupAuth unsigned = BackupAuth.of(key.publicKey());

  private static Ed25519KeyPair pair(long seed) {
    return Ed25519KeyPair.generate(TestRandom.of(seed));
  }

  private static SignedJson.Signer signer(Ed25519KeyPair pair) {
    return message -> pair.sign(message).toBytes();
  }

  private OwnKeys own(boolean masterVerified, boolean otherVerified) {
    return new OwnKeys(
        USER,
        new OwnKeys.OwnDevice("OWN", device.publicKey()),
        Optional.of(new OwnKeys.MasterKey(master.publicKey(), masterVerified)),
        List.of(new OwnKeys.OtherDevice("OTHER", other.publicKey(), otherVerified)));
  }

  @Test
  void authSignByMasterAndDevice_C46() throws Exception {
    BackupAuth signed =
        unsigned
            .signedBy(USER, master.publicKey().toBase64(), signer(master))
            .signedBy(USER, "OWN", signer(device));
    BackupTrust trust = BackupTrust.judge(signed, own(true, false));
    assertThat(trust)
        .isEqualTo(
            new BackupTrust(
                true,
                SignatureState.VALID_TRUSTED,
                SignatureState.VALID_TRUSTED,
                Map.of("OTHER", SignatureState.MISSING)));
    assertThat(BackupTrust.judge(unsigned, own(true, true)).isTrusted()).isFalse();
  }

  @Test
  void authSignerMustBeTrustedItself_C7() throws Exception {
    BackupAuth byOther = unsigned.signedBy(USER, "OTHER", signer(other));
    assertThat(BackupTrust.judge(byOther, own(true, false)).isTrusted()).isFalse();
    assertThat(BackupTrust.judge(byOther, own(true, true)).isTrusted()).isTrue();
    BackupAuth byMaster = unsigned.signedBy(USER, master.publicKey().toBase64(), signer(master));
    assertThat(BackupTrust.judge(byMaster, own(false, true)).isTrusted()).isFalse();
    assertThat(BackupTrust.judge(byMaster, own(true, false)).isTrusted()).isTrue();
  }

  @Test
  void authUserMustBeOurs() throws Exception {
    BackupAuth elsewhere = unsigned.signedBy("@mallory:example.org", "OWN", signer(device));
    assertThat(BackupTrust.judge(elsewhere, own(true, true)).isTrusted()).isFalse();
  }

  @Test
  void oneGoodSignatureIsEnoughBesideBadOnes() throws Exception {
    BackupAuth mixed =
        unsigned.signedBy(USER, "OWN", signer(pair(9))).signedBy(USER, "OTHER", signer(other));
    BackupTrust trust = BackupTrust.judge(mixed, own(true, true));
    assertThat(trust.ownDevice()).isEqualTo(SignatureState.INVALID);
    assertThat(trust.isTrusted()).isTrue();
  }

  @Test
  void authAlgorithmOtherThanOursIsNeverTrusted_C46() throws Exception {
    ObjectNode json = unsigned.signedBy(USER, "OWN", signer(device)).toJson();
    assertThat(BackupTrust.judge(BackupAuth.parse(json).orElseThrow(), own(true, true)).isTrusted())
        .isTrue();
    BackupAuth unknown = BackupAuth.parse(json.put("algorithm", "m.new")).orElseThrow();
    assertThat(BackupTrust.judge(unknown, own(true, true)).isTrusted()).isFalse();
    assertThat(unknown.isOpenedBy(key)).isFalse();
    assertThat(BackupAccess.of(unknown, own(true, true), Optional.of(key)).mayUpload()).isFalse();
  }

  @Test
  void authExtraMembersAreKeptAndSigned() throws Exception {
    ObjectNode json = unsigned.toJson();
    ((ObjectNode) json.get("auth_data")).put("extra", 7);
    BackupAuth signed = BackupAuth.parse(json).orElseThrow().signedBy(USER, "OWN", signer(device));
    assertThat(signed.authData().get("extra").intValue()).isEqualTo(7);
    ObjectNode changed = signed.toJson();
    ((ObjectNode) changed.get("auth_data")).put("extra", 8);
    assertThat(BackupTrust.judge(signed, own(true, true)).isTrusted()).isTrue();
    assertThat(
            BackupTrust.judge(BackupAuth.parse(changed).orElseThrow(), own(true, true)).isTrusted())
        .isFalse();
  }

  @Test
  void authRoadsEitherSuffices_C8() throws Exception {
    Optional<BackupKey> held = Optional.of(key);
    Optional<BackupKey> wrong = Optional.of(BackupKey.generate(TestRandom.of(5)));
    BackupAuth signed = unsigned.signedBy(USER, "OWN", signer(device));
    BackupAccess byKey = BackupAccess.of(unsigned, own(true, true), held);
    assertThat(byKey).isEqualTo(new BackupAccess(false, true, Optional.of(key.publicKey())));
    BackupAccess bySignature = BackupAccess.of(signed, own(true, true), wrong);
    assertThat(bySignature.mayUpload()).isTrue();
    assertThat(bySignature.mayRead()).isFalse();
    assertThat(BackupAccess.of(unsigned, own(true, true), wrong).mayUpload()).isFalse();
    assertThat(BackupAccess.of(unsigned, own(true, true), Optional.empty()).mayUpload()).isFalse();
  }

  @Test
  void authKeyIsComparedByDerivingIt() throws Exception {
    assertThat(unsigned.isOpenedBy(key)).isTrue();
    ObjectNode junk = unsigned.toJson();
    ((ObjectNode) junk.get("auth_data")).put("public_key", "AAAA");
    assertThat(BackupAuth.parse(junk).orElseThrow().isOpenedBy(key)).isFalse();
    assertThat(BackupAuth.parse(junk).orElseThrow().publicKey()).isEmpty();
  }

  @Test
  void authRejudgeAfterTheIdentityWasVerified_C11() throws Exception {
    BackupAuth byMaster = unsigned.signedBy(USER, master.publicKey().toBase64(), signer(master));
    BackupAccess before = BackupAccess.of(byMaster, own(false, false), Optional.empty());
    BackupAccess after = BackupAccess.of(byMaster, own(true, false), Optional.empty());
    assertThat(List.of(before.mayUpload(), after.mayUpload())).containsExactly(false, true);
  }

  @Test
  void authPassphraseOfOldBackupsIsRead() throws Exception {
    ObjectNode json = unsigned.toJson();
    ((ObjectNode) json.get("auth_data"))
        .put("private_key_salt", "salt")
        .put("private_key_iterations", 2);
    BackupAuth old = BackupAuth.parse(json).orElseThrow();
    assertThat(old.passphrase().deriveKey("p")).hasSize(32);
    Assertions.assertThatExceptionOfType(PassphraseException.class)
        .isThrownBy(unsigned::passphrase);
  }

  @Test
  void versionsOfOtherShapesAreNone() throws Exception {
    assertThat(BackupVersion.parse(Json.parse("{}"))).isEmpty();
    assertThat(BackupVersion.parse(Json.parse("{\"version\":\"1\",\"algorithm\":\"x\"}")))
        .isEmpty();
    ObjectNode json = unsigned.toJson().put("version", "7").put("etag", "e").put("count", 42);
    BackupVersion version = BackupVersion.parse(json).orElseThrow();
    assertThat(version).isEqualTo(new BackupVersion("7", unsigned, 42, "e"));
    assertThat(version.isSameBackupAs(new BackupVersion("7", unsigned, 1, "f"))).isTrue();
    BackupKey another = BackupKey.generate(TestRandom.of(8));
    BackupVersion reused = new BackupVersion("7", BackupAuth.of(another.publicKey()), 42, "e");
    assertThat(version.isSameBackupAs(reused)).isFalse();
  }
}

package io.matrixrtc.backup.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.recovery.PassphraseInfo;
import io.matrixrtc.backup.secrets.SecretStorageException.Reason;
import io.matrixrtc.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SecretStorageTest {
  private final MemoryAccountData data = new MemoryAccountData();
  private final SecretStorage storage = new SecretStorage(data, TestRandom.of(1));

  private static Map<String, String> secrets() {
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put(Secrets.MASTER, "master");
    secrets.put(Secrets.BACKUP, "backup");
    return secrets;
  }

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(SecretStorageException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void ssssOrderDefaultKeyComesLast_C49_C56() throws Exception {
    OpenStorage open = storage.create(secrets());
    assertThat(data.writes())
        .containsExactly(
            SecretStorage.KEY_PREFIX + open.keyId(),
            Secrets.MASTER,
            Secrets.BACKUP,
            SecretStorage.DEFAULT_KEY);
    assertThat(open.keyId()).matches("[A-Za-z0-9]{32}");
    assertThat(storage.defaultKeyId()).contains(open.keyId());
  }

  @Test
  void ssssOrderLeavesTheOldStorageInForceWhereverItStops() throws Exception {
    OpenStorage old = storage.create(Map.of(Secrets.BACKUP, "old"));
    for (int writes = 0; writes < 4; writes++) {
      data.failAfter(writes);
      assertThatExceptionOfType(AccountDataException.class)
          .isThrownBy(() -> storage.create(secrets()));
      assertThat(storage.defaultKeyId()).contains(old.keyId());
      assertThat(storage.unlock(old.recoveryKey()).read(Secrets.BACKUP)).contains("old");
    }
    data.failAfter(4);
    OpenStorage renewed = storage.create(secrets());
    assertThat(storage.defaultKeyId()).contains(renewed.keyId());
  }

  @Test
  void recoveryKeyOpensAndReads_C57() throws Exception {
    String recoveryKey = storage.create(secrets()).recoveryKey();
    try (OpenStorage open = storage.unlock(recoveryKey)) {
      assertThat(open.read(Secrets.MASTER)).contains("master");
      open.store("org.example.new", "p\u00e4ss \ud83d\udd11");
      assertThat(open.read("org.example.new")).contains("p\u00e4ss \ud83d\udd11");
      assertThat(open.toString()).doesNotContain(recoveryKey);
    }
  }

  @Test
  void ssssTypedPassphraseOrRecoveryKeyInOneBox_C59() throws Exception {
    StorageKey key = StorageKey.fromPassphrase("words", new PassphraseInfo("salt", 10, 256));
    KeyDescription description =
        KeyDescription.of(key, Optional.of(new PassphraseInfo("salt", 10, 256)), TestRandom.of(2));
    assertThat(description.unlock("words").isSameAs(key)).isTrue();
    assertThat(description.unlock(key.toRecoveryKey()).isSameAs(key)).isTrue();
    assertReason(Reason.WRONG_KEY, () -> description.unlock("other words"));
    String otherKey = StorageKey.generate(TestRandom.of(3)).toRecoveryKey();
    assertReason(Reason.WRONG_KEY, () -> description.unlock(otherKey));
    ObjectNode odd = description.toJson();
    odd.putObject("passphrase").put("algorithm", "m.scrypt");
    KeyDescription withOddPassphrase = KeyDescription.parse(odd).orElseThrow();
    assertReason(Reason.BAD_PASSPHRASE_INFO, () -> withOddPassphrase.unlock("words"));
    assertThat(withOddPassphrase.unlock(key.toRecoveryKey()).isSameAs(key)).isTrue();
    KeyDescription without = KeyDescription.of(key, Optional.empty(), TestRandom.of(4));
    assertReason(Reason.NOT_A_RECOVERY_KEY, () -> without.unlock("words"));
  }

  @Test
  void ssssCheckNeedsAnIvBesideTheMac_C59_C61_ours() {
    StorageKey key = StorageKey.generate(TestRandom.of(5));
    ObjectNode json = KeyDescription.of(key, Optional.empty(), TestRandom.of(6)).toJson();
    assertThat(KeyDescription.parse(json).orElseThrow().fits(key)).isTrue();
    ObjectNode withoutIv = json.deepCopy();
    withoutIv.remove("iv");
    assertThat(KeyDescription.parse(withoutIv).orElseThrow().fits(key)).isFalse();
    withoutIv.remove("mac");
    assertThat(KeyDescription.parse(withoutIv).orElseThrow().fits(key)).isTrue();
    StorageKey wrong = StorageKey.generate(TestRandom.of(7));
    assertThat(KeyDescription.parse(json).orElseThrow().fits(wrong)).isFalse();
    assertThat(KeyDescription.parse(withoutIv).orElseThrow().fits(wrong)).isTrue();
    for (String member : List.of("iv", "mac")) {
      ObjectNode shorter = json.deepCopy().put(member, json.get(member).asText().substring(4));
      assertThat(KeyDescription.parse(shorter).orElseThrow().fits(key)).as(member).isFalse();
    }
    assertThat(KeyDescription.parse(Json.newObject())).isEmpty();
  }

  @Test
  void ssssAlgorithmUnknownIsNotAWrongKey_C59_C61() {
    ObjectNode json = Json.newObject().put("algorithm", "m.secret_storage.v9");
    assertReason(
        Reason.UNKNOWN_ALGORITHM, () -> KeyDescription.parse(json).orElseThrow().unlock("x"));
  }

  @Test
  void missingDefaultAndMissingDescriptionDiffer_C56_C58_C62() throws Exception {
    assertReason(Reason.OFF, () -> storage.unlock("x"));
    data.write(SecretStorage.DEFAULT_KEY, Json.newObject());
    assertReason(Reason.OFF, () -> storage.unlock("x"));
    data.write(SecretStorage.DEFAULT_KEY, Json.newObject().put("key", 7));
    assertReason(Reason.OFF, () -> storage.unlock("x"));
    data.write(SecretStorage.DEFAULT_KEY, Json.newObject().put("key", "GONE"));
    assertReason(Reason.NO_DESCRIPTION, () -> storage.unlock("x"));
  }

  @Test
  void ssssKeepOthersWhenASecretIsWritten_ours() throws Exception {
    OpenStorage first = storage.create(secrets());
    OpenStorage second = storage.create(Map.of(Secrets.BACKUP, "second"));
    assertThat(first.read(Secrets.BACKUP)).contains("backup");
    assertThat(second.read(Secrets.BACKUP)).contains("second");
    first.store(Secrets.BACKUP, "third");
    assertThat(second.read(Secrets.BACKUP)).contains("second");
    assertThat(first.read(Secrets.BACKUP)).contains("third");
  }

  @Test
  void ssssAbsentIsNoErrorAndUnreadableIs_C54() throws Exception {
    OpenStorage open = storage.create(secrets());
    assertThat(open.read("never.stored")).isEmpty();
    data.write(Secrets.MASTER, Json.newObject());
    assertThat(open.read(Secrets.MASTER)).isEmpty();
    data.content(Secrets.BACKUP).withObject("/encrypted/" + open.keyId()).put("mac", "AAAA");
    assertThatExceptionOfType(SecretStorageException.class)
        .isThrownBy(() -> open.read(Secrets.BACKUP))
        .satisfies(e -> assertThat(e.subject()).contains(Secrets.BACKUP));
    data.content(Secrets.BACKUP)
        .withObject("/encrypted")
        .putObject(open.keyId())
        .put("passthrough", true);
    assertReason(Reason.UNREADABLE, () -> open.read(Secrets.BACKUP));
  }

  @Test
  void ssssNameIsPartOfTheKey() throws Exception {
    OpenStorage open = storage.create(secrets());
    data.write(Secrets.MASTER, data.read(Secrets.BACKUP).orElseThrow());
    assertReason(Reason.UNREADABLE, () -> open.read(Secrets.MASTER));
    assertThat(open.read(Secrets.BACKUP)).contains("backup");
  }

  @Test
  void ssssOpenIsStrictAboutEveryMember() {
    StorageKey key = StorageKey.generate(TestRandom.of(7));
    ObjectNode sealed = SealedSecret.seal(key, "n", "secret", TestRandom.of(8));
    assertThat(SealedSecret.open(key, "n", sealed)).isPresent();
    for (String member : List.of("iv", "ciphertext", "mac")) {
      ObjectNode without = sealed.deepCopy();
      without.remove(member);
      assertThat(SealedSecret.open(key, "n", without)).isEmpty();
      assertThat(SealedSecret.open(key, "n", sealed.deepCopy().put(member, ""))).isEmpty();
      assertThat(SealedSecret.open(key, "n", sealed.deepCopy().put(member, "A*"))).isEmpty();
      assertThat(SealedSecret.open(key, "n", sealed.deepCopy().put(member, "AAAA"))).isEmpty();
    }
  }

  @Test
  void ctrBit63IsClearInEveryIv() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      ObjectNode sealed =
          SealedSecret.seal(
              StorageKey.generate(TestRandom.of(7)), "n", "secret", TestRandom.of(seed));
      assertThat(SealedSecret.decode(sealed.get("iv")).orElseThrow()[8]).isNotNegative();
    }
  }

  @Test
  void ssssRekeyReadsWithTheOldKeyFirst_C52() throws Exception {
    OpenStorage old = storage.create(secrets());
    OpenStorage renewed = storage.rekey(old, Optional.empty(), Secrets.KNOWN);
    assertThat(storage.unlock(renewed.recoveryKey()).read(Secrets.MASTER)).contains("master");
    assertThat(renewed.read(Secrets.BACKUP)).contains("backup");
    assertThat(data.read(Secrets.BACKUP).orElseThrow().get("encrypted").has(old.keyId())).isFalse();
    assertReason(Reason.NO_DESCRIPTION, () -> storage.unlock(old.keyId(), oldKey(old)));
  }

  private static StorageKey oldKey(OpenStorage old) throws Exception {
    return StorageKey.fromRecoveryKey(old.recoveryKey());
  }

  @Test
  void ssssRekeyKeepsASecretReadableWhereverItStops() throws Exception {
    int whole = rekeyWrites();
    for (int writes = 0; writes < whole; writes++) {
      MemoryAccountData fresh = new MemoryAccountData();
      SecretStorage interrupted = new SecretStorage(fresh, TestRandom.of(9));
      OpenStorage old = interrupted.create(secrets());
      fresh.failAfter(writes);
      assertThatExceptionOfType(AccountDataException.class)
          .isThrownBy(() -> interrupted.rekey(old, Optional.empty(), Secrets.KNOWN));
      String inForce = interrupted.defaultKeyId().orElseThrow();
      if (inForce.equals(old.keyId())) {
        assertThat(old.read(Secrets.MASTER)).contains("master");
        assertThat(old.read(Secrets.BACKUP)).contains("backup");
      } else { // switched: all is sealed with the new key already
        assertThat(fresh.content(Secrets.MASTER).get("encrypted").has(inForce)).isTrue();
        assertThat(fresh.content(Secrets.BACKUP).get("encrypted").has(inForce)).isTrue();
      }
    }
  }

  private int rekeyWrites() throws Exception {
    OpenStorage old = storage.create(secrets());
    int before = data.writes().size();
    storage.rekey(old, Optional.empty(), Secrets.KNOWN);
    return data.writes().size() - before;
  }

  @Test
  void ssssRekeyChangesNothingIfASecretIsUnreadable() throws Exception {
    OpenStorage old = storage.create(secrets());
    data.content(Secrets.BACKUP).withObject("/encrypted/" + old.keyId()).put("mac", "AAAA");
    int before = data.writes().size();
    assertReason(Reason.UNREADABLE, () -> storage.rekey(old, Optional.empty(), Secrets.KNOWN));
    assertThat(data.writes()).hasSize(before);
  }

  @Test
  void ssssOffEmptiesKeyAndSecrets_C51_C62() throws Exception {
    OpenStorage open = storage.create(secrets());
    storage.disable(Secrets.KNOWN);
    assertThat(storage.defaultKeyId()).isEmpty();
    assertThat(storage.description(open.keyId())).isEmpty();
    assertThat(data.read(Secrets.MASTER).orElseThrow().get("encrypted")).isEmpty();
    assertThat(data.read(Secrets.USER_SIGNING)).isEmpty();
    assertThat(open.read(Secrets.MASTER)).isEmpty();
  }

  @Test
  void ssssOneWriterAtATime() throws Exception {
    OpenStorage open = storage.create(secrets());
    List<Thread> writers = new java.util.ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String secret = "secret " + i;
      Thread writer =
          new Thread(
              () -> {
                try {
                  for (int round = 0; round < 20; round++) {
                    storage.create(Map.of("shared", secret));
                  }
                } catch (AccountDataException e) {
                  throw new IllegalStateException(e);
                }
              });
      writers.add(writer);
      writer.start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(data.read("shared").orElseThrow().get("encrypted")).hasSize(80);
    assertThat(open.read(Secrets.MASTER)).contains("master");
  }

  /** Keys have no names of ours, and nobody chooses their ids. */
  @Test
  void keysAreFoundByIdOrAsTheDefaultOrNotAtAll_C60_ours() throws Exception {
    assertThat(storage.defaultKeyId()).isEmpty();
    OpenStorage byKey = storage.create(Map.of());
    OpenStorage byPassphrase = storage.create("words", Map.of());
    assertThat(storage.defaultKeyId()).contains(byPassphrase.keyId());
    assertThat(storage.description(byKey.keyId()).orElseThrow().toJson().has("passphrase"))
        .isFalse();
    assertThat(storage.description(byPassphrase.keyId()).orElseThrow().toJson().has("passphrase"))
        .isTrue();
    assertThat(storage.description("another")).isEmpty();
    assertThat(storage.unlock("words").keyId()).isEqualTo(byPassphrase.keyId());
    data.write(SecretStorage.KEY_PREFIX + "ODD", Json.newObject().put("algorithm", "m.odd"));
    assertReason(
        Reason.UNKNOWN_ALGORITHM,
        () -> storage.unlock("ODD", StorageKey.generate(TestRandom.of(3))));
  }

  @Test
  void secretsCountOnlyUnderTheDefaultKey_C63() throws Exception {
    Map<String, String> three = new LinkedHashMap<>();
    Secrets.CROSS_SIGNING.forEach(name -> three.put(name, "secret"));
    assertThat(storage.holds(Secrets.CROSS_SIGNING)).isFalse();
    storage.create(three);
    assertThat(storage.holds(Secrets.CROSS_SIGNING)).isTrue();
    storage.create(Map.of(Secrets.MASTER, "secret")); // another default key: two are not under it
    assertThat(storage.holds(List.of(Secrets.MASTER))).isTrue();
    assertThat(storage.holds(Secrets.CROSS_SIGNING)).isFalse();
  }

  @Test
  void ssssStateTable_C48() {
    assertThat(RecoveryState.of(false, true, true, true, false)).isEqualTo(RecoveryState.UNKNOWN);
    assertThat(RecoveryState.of(true, false, true, true, false)).isEqualTo(RecoveryState.OFF);
    assertThat(RecoveryState.of(true, true, false, true, false))
        .isEqualTo(RecoveryState.INCOMPLETE);
    assertThat(RecoveryState.of(true, true, true, false, false))
        .isEqualTo(RecoveryState.INCOMPLETE);
    assertThat(RecoveryState.of(true, true, true, false, true)).isEqualTo(RecoveryState.ON);
    assertThat(RecoveryState.of(true, true, true, true, false)).isEqualTo(RecoveryState.ON);
  }
}

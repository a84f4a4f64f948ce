package io.matrixrtc.backup.keyfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.matrixrtc.backup.MemoryVault;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.cipher.AesCtr;
import io.matrixrtc.backup.keyfile.KeyFileException.Reason;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cases.Cases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final String ROOM = "!room:example.org";
  private static final String PASSPHRASE = "words";

  private static byte[] file(ExportedRoomKey... keys) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (KeyFileWriter writer = new KeyFileWriter(out, PASSPHRASE, TestRandom.of(1), 2)) {
      for (ExportedRoomKey key : keys) {
        writer.write(key);
      }
      writer.finish();
    }
    return out.toByteArray();
  }

  /** A file with any content, whose MAC is right. */
  private static byte[] fileOf(byte[] plaintext, int rounds) throws IOException {
    FileKeys keys = FileKeys.derive(FileKeys.front(new byte[16], new byte[16], rounds), PASSPHRASE);
    byte[] ciphertext = AesCtr.apply(keys.aesKey(), keys.iv(), plaintext);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArmourOutput armour = new ArmourOutput(out);
    armour.write(keys.front());
    armour.write(ciphertext);
    armour.write(keys.startMac().doFinal(ciphertext));
    armour.finish();
    return out.toByteArray();
  }

  private static byte[] fileOf(String plaintext) throws IOException {
    return fileOf(plaintext.getBytes(UTF_8), 1);
  }

  private static Collected read(byte[] file) throws Exception {
    Collected collected = new Collected();
    KeyFileReader.read(() -> new ByteArrayInputStream(file), PASSPHRASE, collected);
    return collected;
  }

  private static void assertRefused(Reason reason, byte[] file) {
    Collected collected = new Collected();
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(
            () -> KeyFileReader.read(() -> new ByteArrayInputStream(file), PASSPHRASE, collected))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(collected.keys).isEmpty();
    assertThat(collected.skipped).isZero();
  }

  @Test
  void roundTripTwiceAndBetter_C68() throws Exception {
    MemoryVault vault = new MemoryVault();
    byte[] late = file(TestKeys.roomKey(ROOM, 1, 10, false));
    byte[] early = file(TestKeys.roomKey(ROOM, 1, 0, false));
    assertThat(run(late, vault).imported()).isEqualTo(1);
    assertThat(run(late, vault)).isEqualTo(new KeyFileImport.Report(0, 1, Map.of()));
    assertThat(run(early, vault).imported()).isEqualTo(1);
    assertThat(run(late, vault).imported()).isZero();
    assertThat(vault.key(TestKeys.roomKey(ROOM, 1, 0, false).id()).orElseThrow().firstKnownIndex())
        .isZero();
  }

  private static KeyFileImport.Report run(byte[] file, MemoryVault vault) throws Exception {
    return KeyFileImport.run(() -> new ByteArrayInputStream(file), PASSPHRASE, vault);
  }

  @Test
  void looksAsElementWebWritesIt() throws Exception {
    List<String> lines =
        new String(file(TestKeys.roomKey(ROOM, 1, 0, true)), UTF_8).lines().toList();
    assertThat(lines.get(0)).isEqualTo("-----BEGIN MEGOLM SESSION DATA-----");
    assertThat(lines.get(1)).hasSize(128);
    assertThat(lines.get(lines.size() - 1)).isEqualTo("-----END MEGOLM SESSION DATA-----");
    assertThat(new String(file(), UTF_8)).endsWith("\n");
    assertThat(read(file()).keys).isEmpty();
  }

  @Test
  void filePassphraseMayNotBeEmpty() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KeyFileWriter(OutputStream.nullOutputStream(), "", TestRandom.of(1)));
  }

  @Test
  void fileMacRefusesTheWholeFileAtAnyBentByte() throws Exception {
    byte[] good = file(TestKeys.roomKey(ROOM, 1, 0, true), TestKeys.roomKey(ROOM, 2, 0, true));
    assertThat(read(good).keys).hasSize(2);
    Cases.run(
        "bent key files",
        200,
        2_000,
        (seed, random) -> {
          byte[] bent = good.clone();
          int at = random.nextInt(bent.length);
          bent[at] = (byte) random.nextInt(128);
          if (Arrays.equals(bent, good)) {
            return;
          }
          Collected collected = new Collected();
          try {
            KeyFileReader.read(() -> new ByteArrayInputStream(bent), PASSPHRASE, collected);
            assertThat(collected.keys).hasSize(2); // a line end, or text around the armour
          } catch (KeyFileException e) {
            assertThat(collected.keys).isEmpty();
          }
        });
  }

  @Test
  void fileWholeShapeIsCheckedBeforeAnythingIsHandedOn() throws Exception {
    String key = TestKeys.roomKey(ROOM, 1, 0, true).toFileJson().toString();
    assertThat(read(fileOf("[" + key + "]")).keys).hasSize(1);
    assertRefused(Reason.JSON, fileOf("[" + key + ",{"));
    assertRefused(Reason.JSON, fileOf("[" + key + "]x"));
    assertRefused(Reason.JSON, fileOf("[" + key + "][]"));
    assertRefused(Reason.JSON, fileOf("[" + key + ",7]"));
    assertRefused(Reason.JSON, fileOf(key));
    assertRefused(Reason.JSON, fileOf(""));
    assertRefused(
        Reason.UTF8,
        fileOf(
            ("[" + key + ",\"\u00ff\"]").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
            1));
  }

  @Test
  void fileEntryThatIsDamagedCostsItselfAlone_ours() throws Exception {
    String key = TestKeys.roomKey(ROOM, 1, 0, true).toFileJson().toString();
    String other = TestKeys.roomKey(ROOM, 2, 0, true).toFileJson().toString();
    String damaged = key.replace("session_key\":\"AQ", "session_key\":\"AA");
    Collected read = read(fileOf("[" + key + "," + damaged + ",{}," + other + "]"));
    assertThat(read.keys).hasSize(2);
    assertThat(read.skippedAt).containsExactly(1L, 2L);
    KeyFileImport.Report report =
        run(fileOf("[{}," + key + "," + damaged + "]"), new MemoryVault());
    assertThat(report.imported()).isEqualTo(1);
    assertThat(report.skipped())
        .isEqualTo(
            Map.of(
                DamagedKeyException.Reason.MISSING_FIELD, 1L,
                DamagedKeyException.Reason.SESSION_KEY, 1L));
    assertThat(report.skippedCount()).isEqualTo(2);
  }

  @Test
  void fileRoundsAreBoundedBeforeTheyAreRun_ours() throws Exception {
    assertRefused(Reason.ROUNDS, withRounds(0));
    assertRefused(Reason.ROUNDS, withRounds(10_000_001));
    assertRefused(Reason.ROUNDS, withRounds(-1));
    assertThat(read(fileOf("[]".getBytes(UTF_8), 1)).keys).isEmpty();
  }

  private static byte[] withRounds(int rounds) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArmourOutput armour = new ArmourOutput(out);
    armour.write(FileKeys.front(new byte[16], new byte[16], rounds));
    armour.write(new byte[40]);
    armour.finish();
    return out.toByteArray();
  }

  @Test
  void fileLengthHasALowerBound() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArmourOutput armour = new ArmourOutput(out);
    armour.write(FileKeys.front(new byte[16], new byte[16], 1));
    armour.write(new byte[31]);
    armour.finish();
    assertRefused(Reason.LENGTH, out.toByteArray());
    assertRefused(Reason.JSON, fileOf("")); // one byte more, and a MAC that is right
  }

  @Test
  void fileArmourIsReadHoweverItIsWrapped() throws Exception {
    byte[] good = file(TestKeys.roomKey(ROOM, 1, 0, true));
    String text = new String(good, UTF_8);
    String body = text.lines().filter(line -> !line.startsWith("-")).reduce("", String::concat);
    for (String wrapped :
        new String[] {
          text.replace("\n", "\r\n"),
          text.replace("\n", "\r"),
          "\ufeff" + text,
          "hello\n\n  " + text + "\nbye -----",
          text.replace("\n", "  \n\t "),
          Armour.HEADER + "\n" + body + "\n" + Armour.FOOTER,
          Armour.HEADER + "\n" + body.replace("=", "") + "\n" + Armour.FOOTER,
          Armour.HEADER + "\n" + body.replaceAll("(.)", "$1\n") + Armour.FOOTER
        }) {
      assertThat(read(wrapped.getBytes(UTF_8)).keys).as(wrapped).hasSize(1);
    }
    assertRefused(Reason.ARMOUR, text.replace(Armour.FOOTER, "").getBytes(UTF_8));
    assertRefused(Reason.ARMOUR, "".getBytes(UTF_8));
    assertRefused(Reason.BASE64, text.replace(Armour.FOOTER, "-----END").getBytes(UTF_8));
    assertRefused(Reason.BASE64, text.replaceFirst("\nA", "\n_").getBytes(UTF_8));
    assertRefused(Reason.BASE64, text.replaceFirst("\nA(.)", "\nA $1").getBytes(UTF_8));
    assertRefused(Reason.BASE64, (Armour.HEADER + "\nAA=A\n" + Armour.FOOTER).getBytes(UTF_8));
  }

  @Test
  void fileStreamIsWrittenAndReadInBoundedMemory(@TempDir Path folder) throws Exception {
    int count = Cases.full() ? 500_000 : 5_000;
    Path path = folder.resolve("keys.txt");
    String template = TestKeys.roomKey(ROOM, 1, 0, true).toFileJson().toString();
    try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(path));
        KeyFileWriter writer = new KeyFileWriter(out, PASSPHRASE, TestRandom.of(1), 2)) {
      ExportedRoomKey key = TestKeys.roomKey(ROOM, 1, 0, true);
      for (int i = 0; i < count; i++) {
        writer.write(key);
      }
      writer.finish();
    }
    assertThat(Files.size(path)).isGreaterThan((long) count * template.length());
    AtomicLong given = new AtomicLong();
    AtomicLong atFirstKey = new AtomicLong(-1);
    AtomicLong keys = new AtomicLong();
    KeyFileReader.read(
        () -> {
          given.set(0);
          return new Counting(Files.newInputStream(path), given);
        },
        PASSPHRASE,
        new KeyFileReader.Sink() {
          @Override
          public void key(ExportedRoomKey key) {
            atFirstKey.compareAndSet(-1, given.get());
            keys.incrementAndGet();
            key.close();
          }

          @Override
          public void skipped(long position, DamagedKeyException.Reason reason) {
            throw new AssertionError(reason);
          }
        });
    assertThat(keys).hasValue(count);
    assertThat(atFirstKey.get()).isBetween(1L, 100_000L); // not the file first
  }

  private static final class Counting extends FilterInputStream {
    private final AtomicLong given;

    Counting(InputStream in, AtomicLong given) {
      super(in);
      this.given = given;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      given.addAndGet(Math.max(0, got));
      return got;
    }
  }

  @Test
  void aLineWithoutEndInFrontOfTheHeaderIsSkippedOver() throws Exception {
    byte[] good = file(TestKeys.roomKey(ROOM, 1, 0, true));
    String text = "x".repeat(3_000_000) + "\n" + new String(good, UTF_8);
    assertThat(read(text.getBytes(UTF_8)).keys).hasSize(1);
  }

  @Test
  void aFailingStoreIsToldAndNothingIsLost() throws Exception {
    MemoryVault vault = new MemoryVault();
    vault.fail(true);
    byte[] file = file(TestKeys.roomKey(ROOM, 1, 0, true));
    assertThatExceptionOfType(VaultException.class).isThrownBy(() -> run(file, vault));
    vault.fail(false);
    assertThat(run(file, vault).imported()).isEqualTo(1);
  }

  @Test
  void exportByRoomPredicateAndAll_C70() throws Exception {
    MemoryVault vault = new MemoryVault();
    vault.merge(
        List.of(
            TestKeys.roomKey(ROOM, 1, 0, true),
            TestKeys.roomKey(ROOM, 2, 0, true),
            TestKeys.roomKey("!other:example.org", 3, 0, true)),
        Optional.empty());
    assertThat(exported(vault, kept -> true)).hasSize(3);
    assertThat(exported(vault, KeyFileExport.inRoom(ROOM))).hasSize(2);
    assertThat(exported(vault, kept -> false)).isEmpty();
  }

  @Test
  void fileSinceChoosesByFirstSeenAndKeepsWhatIsUnknown() throws Exception {
    MemoryVault vault = new MemoryVault();
    Instant since = Instant.parse("2026-01-01T00:00:00Z");
    Instant until = Instant.parse("2026-02-01T00:00:00Z");
    Instant[] seen = {since.minusSeconds(1), since, until.minusSeconds(1), until};
    for (int i = 0; i < seen.length; i++) {
      ExportedRoomKey key = TestKeys.roomKey(ROOM, i, 0, true);
      vault.merge(List.of(key), Optional.empty());
      vault.seen(key.id(), seen[i]);
    }
    vault.merge(List.of(TestKeys.roomKey(ROOM, 9, 0, true)), Optional.empty());
    assertThat(exported(vault, KeyFileExport.firstSeenBetween(since, until)))
        .extracting(ExportedRoomKey::id)
        .containsExactlyInAnyOrder(
            TestKeys.roomKey(ROOM, 1, 0, true).id(),
            TestKeys.roomKey(ROOM, 2, 0, true).id(),
            TestKeys.roomKey(ROOM, 9, 0, true).id());
  }

  private static List<ExportedRoomKey> exported(
      MemoryVault vault,
      java.util.function.Predicate<io.matrixrtc.backup.roomkey.RoomKeyVault.Kept> choice)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (KeyFileWriter writer = new KeyFileWriter(out, PASSPHRASE, TestRandom.of(1), 2)) {
      KeyFileExport.run(vault, choice, writer);
      writer.finish();
    }
    return read(out.toByteArray()).keys;
  }
}

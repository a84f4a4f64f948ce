package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.Run;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup export} and {@code backup import}, without a homeserver. */
class KeyFileCommandsTest {
  private static final int KEYS = 10;
  private static final String HEADER = "-----BEGIN MEGOLM SESSION DATA-----";
  private static final String FOOTER = "-----END MEGOLM SESSION DATA-----";

  @TempDir private Path folder;
  private String phrase;

  @BeforeEach
  void fill() throws Exception {
    phrase = Files.writeString(folder.resolve("phrase"), "a phrase\n").toString();
    BackupHome.fill(folder, "one.db", SavedBackup.of(KEYS, 2));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private Run run(String command, String store, String file, String... more) {
    String[] options = {file(file), "--passphrase-file", phrase, "--json"};
    String[] all = Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return BackupHome.offline(folder, command, store, all);
  }

  private List<String> roomsOf(String store) throws Exception {
    return BackupHome.held(folder.resolve(store)).stream()
        .map(RoomKeyInfo::id)
        .map(id -> id.roomId())
        .toList();
  }

  @Test
  void anExportOfARoomHasItsKeysAlone_CLI_KEYFILE() throws Exception {
    String room = "!room1:example.org";
    ObjectNode one = BackupHome.done(run("export", "one.db", "a", "--room", room), "summary");
    assertThat(one.path("exported").asInt()).isEqualTo(KEYS / 2);
    assertThat(BackupHome.done(run("import", "a.db", "a"), "summary").path("imported").asInt())
        .isEqualTo(KEYS / 2);
    assertThat(roomsOf("a.db")).hasSize(KEYS / 2).containsOnly(room);
    BackupHome.done(run("export", "one.db", "b"), "summary");
    BackupHome.done(run("import", "b.db", "b"), "summary");
    assertThat(roomsOf("b.db")).hasSize(KEYS).containsOnly(room, "!room0:example.org");
    Run both = run("export", "one.db", "c", "--room", room, "--room", "!room0:example.org");
    assertThat(BackupHome.done(both, "summary").path("exported").asInt()).isEqualTo(KEYS);
  }

  @Test
  void aDamagedEntryIsNamedAndTheRestIsImported_CLI_KEYFILE() throws Exception {
    BackupHome.done(run("export", "one.db", "keys"), "summary");
    changeFile(
        "keys",
        text -> text.replaceFirst("(\\},\\{.*?\"session_key\":\")AQ", "$1AA")); // of the second
    Run imported = run("import", "two.db", "keys");
    ObjectNode summary = BackupHome.done(imported, "summary");
    assertThat(summary.path("imported").asInt()).isEqualTo(KEYS - 1);
    assertThat(summary.path("damaged").asInt()).isEqualTo(1);
    assertThat(summary.path("reasons").path("session_key").asInt()).isEqualTo(1);
    ObjectNode damaged = BackupHome.told(imported, "damaged");
    assertThat(damaged.path("entry").asInt()).isEqualTo(2);
    assertThat(damaged.path("reason").asText()).isEqualTo("session_key");
    assertThat(BackupHome.held(folder.resolve("two.db"))).hasSize(KEYS - 1);
    assertThat(
            BackupHome.offline(
                    folder, "import", "three.db", file("keys"), "--passphrase-file", phrase)
                .out())
        .contains("Damaged (session_key): entry 2 of the file", "9 new, 0 known, 1 damaged");
  }

  /** Changes what is inside, as an app with a defect would write it: its MAC is right. */
  private void changeFile(String name, UnaryOperator<String> change) throws Exception {
    Path path = folder.resolve(name);
    String text = Files.readString(path).replace(HEADER, "").replace(FOOTER, "");
    byte[] bytes = Base64.getMimeDecoder().decode(text);
    byte[] front = Arrays.copyOf(bytes, 37); // version, salt, IV, rounds
    byte[] iv = Arrays.copyOfRange(front, 17, 33);
    byte[] keys = derive(Arrays.copyOfRange(front, 1, 17), ByteBuffer.wrap(front).getInt(33));
    byte[] sealed = Arrays.copyOfRange(bytes, front.length, bytes.length - 32);
    String inside = new String(crypt(keys, iv, sealed), UTF_8);
    String changed = change.apply(inside);
    assertThat(changed).isNotEqualTo(inside);
    byte[] resealed = crypt(keys, iv, changed.getBytes(UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(keys, 32, 32, "HmacSHA256"));
    mac.update(front);
    mac.update(resealed);
    byte[] whole =
        ByteBuffer.allocate(front.length + resealed.length + 32)
            .put(front)
            .put(resealed)
            .put(mac.doFinal())
            .array();
    String armoured = Base64.getEncoder().encodeToString(whole);
    Files.writeString(path, HEADER + "\n" + armoured + "\n" + FOOTER + "\n");
  }

  private static byte[] derive(byte[] salt, int rounds) throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec("a phrase".toCharArray(), salt, rounds, 512);
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
  }

  private static byte[] crypt(byte[] keys, byte[] iv, byte[] text) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(keys, 0, 32, "AES"), new IvParameterSpec(iv));
    return cipher.doFinal(text);
  }

  @Test
  void whatIsWrongWithAnExportIsSaidWithTheNextStep_CLI_SENTENCE() throws Exception {
    Path taken = Files.writeString(folder.resolve("taken"), "mine");
    run("export", "one.db", "taken").failedWith("the key file", "exists already", "Name another");
    assertThat(taken).hasContent("mine");
    Files.createDirectory(folder.resolve("box"));
    run("export", "one.db", "box").failedWith("the key file", "box is a folder", "Name a file");
    run("export", "one.db", "no/where").failedWith("there is no folder", "no", "Make it");
    run("export", "none.db", "new").failedWith("there is no store", "none.db", "--store");
    run("export", "box", "new").failedWith("--store", "box is a folder");
    run("export", "one.db", "new", "--room", "!typo:example.org")
        .failedWith("no key of !typo:example.org", "Check --room");
    try (SqliteCryptoStore empty = new StoreFile(folder.resolve("empty.db")).open()) {
      assertThat(empty.syncToken()).isEmpty();
    }
    run("export", "empty.db", "new").failedWith("no key to export", "backup restore, or import");
    phrase = file("empty phrase");
    run("export", "one.db", "new").failedWith("--passphrase-file", "no such file", "the path");
    Files.writeString(folder.resolve("empty phrase"), "\n");
    run("export", "one.db", "new").failedWith("empty phrase is empty", "first line");
    phrase = file("box");
    run("export", "one.db", "new").failedWith("--passphrase-file", "box is a folder");
    BackupHome.offline(folder, "export", "one.db", file("new")).misusedWith("--passphrase-file");
    BackupHome.offline(folder, "export", "one.db", "--passphrase-file", phrase).misusedWith("FILE");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void whatIsWrongWithAnImportIsSaidWithTheNextStep_CLI_SENTENCE() throws Exception {
    BackupHome.done(run("export", "one.db", "keys"), "summary");
    Files.writeString(folder.resolve("text"), "dear diary\n");
    run("import", "two.db", "text").failedWith("text is no key file", "Nothing was imported");
    Files.createDirectory(folder.resolve("box"));
    run("import", "two.db", "box").failedWith("the key file", "box is a folder", "Name a file");
    run("import", "two.db", "none").failedWith("none", "no such file", "Check the path");
    run("import", "box", "keys").failedWith("--store", "box is a folder");
    BackupHome.offline(folder, "import", "two.db", file("keys")).misusedWith("--passphrase-file");
    BackupHome.offline(folder, "import", "two.db", "--passphrase-file", phrase).misusedWith("FILE");
    changeFile("keys", text -> "[]");
    run("import", "two.db", "keys").failedWith("there is no key in", "keys", "anew");
    phrase = Files.writeString(folder.resolve("wrong"), "another phrase\n").toString();
    run("import", "two.db", "keys").failedWith("wrong passphrase", "Nothing was imported", "Try");
    assertThat(BackupHome.held(folder.resolve("two.db"))).isEmpty();
  }

  @Test
  void anImportOfWhatIsHereBringsNothingAndIsNoFailure_CLI_KEYFILE() throws Exception {
    BackupHome.done(run("export", "one.db", "keys"), "summary");
    ObjectNode again = BackupHome.done(run("import", "one.db", "keys"), "summary");
    assertThat(again.path("imported").asInt()).isZero();
    assertThat(again.path("known").asInt()).isEqualTo(KEYS);
  }
}

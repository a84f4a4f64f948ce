package io.matrixrtc.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.cipher.HmacSha256;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealedBoxTest {
  private static final String ROOM = "!room:example.org";
  private final BackupKey key = BackupKey.generate(TestRandom.of(1));
  private final byte[] text = "twenty bytes of text".getBytes(StandardCharsets.UTF_8);

  private ObjectNode box() {
    return SealedBox.seal(key.publicKey(), text, TestRandom.of(2));
  }

  @Test
  void boxMacEmptyCoversNothing() throws Exception {
    ObjectNode bent = box();
    byte[] ciphertext = Base64Text.decode(bent.get("ciphertext").textValue());
    ciphertext[0] ^= 1;
    bent.put("ciphertext", Base64Text.encode(ciphertext));
    byte[] opened = SealedBox.open(key, bent);
    assertThat(opened).hasSize(text.length).isNotEqualTo(text);
    assertThat(opened[16]).isEqualTo((byte) (text[16] ^ 1)); // the same bit of the next block
    assertThat(SealedBox.open(key, box())).isEqualTo(text);
  }

  @Test
  void boxMacEmptyRefusesAMacOverTheCiphertext() throws Exception {
    ObjectNode box = box();
    byte[] ciphertext = Base64Text.decode(box.get("ciphertext").textValue());
    byte[] mac = HmacSha256.of(new byte[32], ciphertext);
    box.put("mac", Base64Text.encode(Arrays.copyOf(mac, 8)));
    assertReason(Reason.MAC, box);
  }

  @Test
  void boxMacLengthIsExactlyEight_ours() throws Exception {
    byte[] mac = Base64Text.decode(box().get("mac").textValue());
    for (int length : new int[] {0, 1, 7, 9, 32}) {
      ObjectNode box = box().put("mac", Base64Text.encode(Arrays.copyOf(mac, length)));
      assertReason(Reason.MAC_LENGTH, box);
    }
    assertThat(SealedBox.open(key, box())).isEqualTo(text);
  }

  @Test
  void boxSmallOrderAndOtherLengthsAreRefused_ours() {
    byte[] one = new byte[32];
    one[0] = 1;
    assertReason(Reason.EPHEMERAL_KEY, box().put("ephemeral", Base64Text.encode(new byte[32])));
    assertReason(Reason.EPHEMERAL_KEY, box().put("ephemeral", Base64Text.encode(one)));
    assertReason(Reason.EPHEMERAL_KEY, box().put("ephemeral", Base64Text.encode(new byte[31])));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SealedBox.seal(Curve25519PublicKey.of(new byte[32]), text, TestRandom.of(1)));
  }

  @Test
  void boxBlocksMustBeWhole_ours() throws Exception {
    byte[] ciphertext = Base64Text.decode(box().get("ciphertext").textValue());
    for (int length : new int[] {0, 1, 15, 17, 31}) {
      String cut = Base64Text.encode(Arrays.copyOf(ciphertext, length));
      assertReason(Reason.CIPHERTEXT_LENGTH, box().put("ciphertext", cut));
    }
  }

  @Test
  void boxPaddingMustBeRight_ours() throws Exception {
    byte[] ciphertext = Base64Text.decode(box().get("ciphertext").textValue());
    String firstBlock = Base64Text.encode(Arrays.copyOf(ciphertext, 16));
    assertReason(Reason.PADDING, box().put("ciphertext", firstBlock));
  }

  @Test
  void boxBase64MayBePaddedAndNothingElse_ours() throws Exception {
    ObjectNode padded = box();
    for (String name : new String[] {"ephemeral", "ciphertext", "mac"}) {
      padded.put(name, Base64Text.encodePadded(Base64Text.decode(padded.get(name).textValue())));
      assertReason(Reason.BASE64, box().put(name, box().get(name).textValue() + "\n"));
      assertReason(Reason.BASE64, box().put(name, "_" + box().get(name).textValue().substring(1)));
      ObjectNode missing = box();
      missing.remove(name);
      assertReason(Reason.MISSING_FIELD, missing);
      assertReason(Reason.MISSING_FIELD, box().put(name, 7));
    }
    assertThat(SealedBox.open(key, padded)).isEqualTo(text);
  }

  @Test
  void anotherKeyDoesNotOpenIt() {
    assertThatExceptionOfType(DamagedKeyException.class)
        .isThrownBy(() -> SealedBox.open(BackupKey.generate(TestRandom.of(9)), box()))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MAC));
  }

  @Test
  void entryUtf8IsStrict_ours() {
    ObjectNode entry = Json.newObject();
    entry.set(
        "session_data",
        SealedBox.seal(key.publicKey(), new byte[] {'{', (byte) 0xff, '}'}, TestRandom.of(3)));
    assertThatExceptionOfType(DamagedKeyException.class)
        .isThrownBy(() -> BackupEntry.open(key, ROOM, "s", entry))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UTF8));
  }

  @Test
  void upRankIsZeroForwardsOnlyForCompleteKeys_ours() {
    assertThat(EntryRank.of(0)).isEqualTo(new EntryRank(0, 0, false));
    assertThat(EntryRank.of(1)).isEqualTo(new EntryRank(1, 1, false));
    for (long peers = 0; peers < 3; peers++) { // nothing but "verified" displaces a complete one
      assertThat(new EntryRank(peers, 0, false).replacesOnSynapse(EntryRank.of(0))).isFalse();
      assertThat(new EntryRank(peers, 1, false).replacesOnSynapse(EntryRank.of(0))).isFalse();
    }
    assertThat(EntryRank.of(5).replacesOnSynapse(new EntryRank(0, 1, false))).isFalse();
    assertThat(EntryRank.of(5).replacesOnSynapse(new EntryRank(6, 0, false))).isTrue();
  }

  @Test
  void bentEntriesAreDamagedAndNeverAnotherKey() {
    try (ExportedRoomKey roomKey = TestKeys.roomKey(ROOM, 5, 3, true)) {
      ObjectNode entry = BackupEntry.seal(roomKey, key.publicKey(), TestRandom.of(4));
      String session = roomKey.id().sessionId();
      Cases.run(
          "bent backup entries",
          300,
          20_000,
          (seed, random) -> {
            ObjectNode bent = entry.deepCopy();
            ObjectNode data = (ObjectNode) bent.get("session_data");
            String name = new String[] {"ephemeral", "ciphertext", "mac"}[random.nextInt(3)];
            byte[] bytes = Base64Text.decode(data.get(name).textValue());
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            data.put(name, Base64Text.encode(bytes));
            try (ExportedRoomKey opened = BackupEntry.open(key, ROOM, session, bent)) {
              assertThat(opened.id()).isEqualTo(roomKey.id()); // a bit of a name of no meaning
            } catch (DamagedKeyException e) {
              assertThat(e.getMessage()).isEqualTo("damaged key: " + e.reason());
            }
          });
    }
  }

  private void assertReason(Reason reason, ObjectNode box) {
    assertThatExceptionOfType(DamagedKeyException.class)
        .isThrownBy(() -> SealedBox.open(key, box))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}

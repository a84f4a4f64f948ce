package io.matrixrtc.backup.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntryScannerTest {
  private static List<String> scan(String json, boolean whole) throws Exception {
    Entries entries = new Entries();
    EntryScanner scanner = EntryScanner.ofBackup(entries);
    byte[] bytes = json.getBytes(UTF_8);
    scanner.feed(bytes, bytes.length);
    assertThat(scanner.isWhole()).as(json).isEqualTo(whole);
    assertThat(scanner.entries()).isEqualTo(entries.all.size());
    return entries.all;
  }

  @Test
  void dlStreamFindsEntriesWhereverTheBytesAreCut() {
    BackupServer server = BackupServer.of(30, 4, 3);
    server.add("!r\"\\\u00e4\ud83d\udd11:e", "a/b+c", Json.newObject().put("x", "}\"]{\\"));
    byte[] answer = server.answer();
    List<String> expected = new ArrayList<>();
    for (Map.Entry<String, JsonNode> room : server.rooms.properties()) {
      for (Map.Entry<String, JsonNode> session : room.getValue().get("sessions").properties()) {
        expected.add(room.getKey() + "|" + session.getKey() + "|" + session.getValue());
      }
    }
    Cases.run(
        "answers in pieces",
        50,
        1_000,
        (seed, random) -> {
          Entries entries = new Entries();
          EntryScanner scanner = EntryScanner.ofBackup(entries);
          for (int at = 0; at < answer.length; ) {
            int take = Math.min(1 + random.nextInt(3_000), answer.length - at);
            scanner.feed(Arrays.copyOfRange(answer, at, at + take), take);
            at += take;
          }
          assertThat(scanner.isWhole()).isTrue();
          assertThat(entries.all).isEqualTo(expected);
        });
  }

  @Test
  void otherMembersAndWhiteSpaceDoNotMatter() throws Exception {
    assertThat(
            scan(
                " { \"x\" : [1,{\"rooms\":{}}] , \"rooms\" : { \"!r:e\" : { \"y\":null,"
                    + " \"sessions\" : { \"s\" : { } , \"t\":[] } , \"z\":\"}\" } , \"q\":1 }\n,"
                    + "\"w\":tru } \n",
                true))
        .containsExactly("!r:e|s|{ }", "!r:e|t|[]");
    assertThat(scan("{}", true)).isEmpty();
    assertThat(scan("{\"rooms\":{}}", true)).isEmpty();
    assertThat(scan("{\"rooms\":{\"!r:e\":{\"sessions\":{}}}}", true)).isEmpty();
  }

  @Test
  void whatIsNotThatJsonIsMalformed() throws Exception {
    for (String bad :
        new String[] {
          "", "[", "[]", "{", "{\"rooms\"", "{\"rooms\":", "{\"rooms\":{", "{\"rooms\":{}",
          "{,}", "{\"a\" 1}", "{\"a\":1,}", "{\"a\":}", "{\"a\":,}", "{}{}", "{} x", "x{}",
          "{\"rooms\":{\"r\":{\"sessions\":{\"s\":{}}}}"
        }) {
      scan(bad, false);
    }
  }

  @Test
  void dlLimitsCostTheEntryAlone() throws Exception {
    String start = "{\"rooms\":{\"!r:e\":{\"sessions\":{\"s\":";
    String end = ",\"t\":{}}}}}";
    int room = EntryScanner.MAX_ENTRY_BYTES - 8;
    assertThat(scan(start + "{\"x\":\"" + "a".repeat(room) + "\"}" + end, true))
        .hasSize(2)
        .noneMatch(entry -> entry.contains("TOO_LONG"));
    assertThat(scan(start + "{\"x\":\"" + "a".repeat(room + 1) + "\"}" + end, true))
        .containsExactly("4|1|TOO_LONG", "!r:e|t|{}");
    assertThat(scan(start + "[".repeat(8) + "]".repeat(8) + end, true).get(0)).contains("[[[[[[[[");
    assertThat(scan(start + "[".repeat(9) + "]".repeat(9) + end, true))
        .containsExactly("4|1|TOO_LONG", "!r:e|t|{}");
    String huge = "{\"x\":\"" + "a".repeat(10 << 20) + "\"}";
    assertThat(scan(start + huge + end, true)).containsExactly("4|1|TOO_LONG", "!r:e|t|{}");
  }

  @Test
  void dlLimitsOfNames() throws Exception {
    String longest = "s".repeat(255);
    String json =
        "{\"rooms\":{\"!r:e\":{\"sessions\":{\"%s\":{}}},\"!q:e\":{\"sessions\":{\"t\":{}}}}}";
    assertThat(scan(String.format(json, longest), true)).hasSize(2).contains("!q:e|t|{}");
    assertThat(scan(String.format(json, longest), true).get(0)).startsWith("!r:e|sss");
    assertThat(scan(String.format(json, longest + "s"), true))
        .containsExactly("4|255|TOO_LONG", "!q:e|t|{}");
    assertThat(scan(String.format(json, ""), true)).containsExactly("4|0|TOO_LONG", "!q:e|t|{}");
    String megabyte = "r".repeat(1 << 20);
    assertThat(
            scan(
                "{\"rooms\":{\""
                    + megabyte
                    + "\":{\"sessions\":{\"s\":{}}},\"!q:e\":{\"sessions\":"
                    + "{\"t\":{}}}}}",
                true))
        .containsExactly("255|1|TOO_LONG", "!q:e|t|{}");
  }

  @Test
  void anyBytesAreScannedWithoutAnException() {
    byte[] good = BackupServer.of(3, 2, 1).answer();
    Cases.run(
        "scanner garbage",
        500,
        30_000,
        (seed, random) -> {
          byte[] bytes = random.nextBoolean() ? Cases.bytes(random, 200) : good.clone();
          for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          EntryScanner scanner = EntryScanner.ofBackup(new Entries());
          scanner.feed(bytes, bytes.length);
          assertThat(scanner.isWhole() && scanner.isMalformed()).isFalse();
        });
  }

  @Test
  void fiveMillionEmptyRoomsAreNothing() throws Exception {
    Entries entries = new Entries();
    EntryScanner scanner = EntryScanner.ofBackup(entries);
    feed(scanner, "{\"rooms\":{");
    for (int i = 0; i < 5_000_000; i++) {
      feed(scanner, "\"!e" + i + ":e\":{\"sessions\":{}},");
    }
    feed(scanner, "\"!r:e\":{\"sessions\":{\"s\":{}}}}}");
    assertThat(scanner.isWhole()).isTrue();
    assertThat(entries.all).as("the control").containsExactly("!r:e|s|{}");
  }

  @Test
  void theAnswerOfOneRoomIsReadFromItsSessionsOn() throws Exception {
    Entries entries = new Entries();
    EntryScanner scanner = EntryScanner.ofRoom("!r:e", entries);
    feed(scanner, "{\"more\":1,\"sessions\":{\"s\":{},\"t\":{\"a\":1}}");
    assertThat(scanner.isWhole()).isFalse();
    feed(scanner, "}");
    assertThat(scanner.isWhole()).isTrue();
    assertThat(entries.all).containsExactly("!r:e|s|{}", "!r:e|t|{\"a\":1}");
  }

  private static void feed(EntryScanner scanner, String text) throws Exception {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    scanner.feed(bytes, bytes.length);
  }
}

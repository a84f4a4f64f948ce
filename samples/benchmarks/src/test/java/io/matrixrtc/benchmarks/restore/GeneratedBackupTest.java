package io.matrixrtc.benchmarks.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedBackupTest {
  @TempDir private Path folder;

  @Test
  void theKeysOfARoomAreThoseOfTheAnswerAndOpen() throws Exception {
    GeneratedBackup backup = new GeneratedBackup(7);
    Path answer = folder.resolve("answer.json");
    backup.write(answer, 2 * GeneratedBackup.KEYS_IN_A_ROOM);
    JsonNode rooms = Json.parseObject(Files.readString(answer)).path("rooms");
    for (int room = 0; room < 2; room++) {
      List<RoomKeyId> ids = backup.ids(room);
      assertThat(ids).hasSize(GeneratedBackup.KEYS_IN_A_ROOM).doesNotHaveDuplicates();
      RoomKeyId last = ids.get(ids.size() - 1);
      JsonNode entry = rooms.path(last.roomId()).path("sessions").path(last.sessionId());
      try (ExportedRoomKey opened =
          BackupEntry.open(backup.key(), last.roomId(), last.sessionId(), entry)) {
        assertThat(opened.id()).isEqualTo(last);
      }
    }
  }
}

package io.matrixrtc.examples;

import static io.matrixrtc.examples.ExampleUser.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.service.BackupListener;
import io.matrixrtc.backup.service.BackupService;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.testkit.server.EmbeddedServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreAndReadTest {
  @Test
  void aNewDeviceReadsWhatWasWrittenBeforeItCame(@TempDir Path directory) throws Exception {
    try (EmbeddedServer homeserver = EmbeddedServer.start(0)) {
      URI url = homeserver.baseUrl();
      String room;
      String recoveryKey;
      try (ExampleUser old = ExampleUser.register("alice", url)) {
        room = old.createRoom();
        var text = Json.newObject().put("msgtype", "m.text").put("body", "written long ago");
        assertThat(get(old.client().rooms().send(room, "m.room.message", text)))
            .isInstanceOf(RoomSendOutcome.Sent.class);
        recoveryKey = backUp(old, directory.resolve("old"));
      }
      try (ExampleUser fresh = ExampleUser.login("alice", url)) {
        assertThat(RestoreAndRead.read(fresh.client(), room))
            .singleElement()
            .asString()
            .contains("UnableToDecrypt");
        Path spool = directory.resolve("new");
        try (BackupKey other = BackupKey.generate(RandomSource.secure())) {
          String wrong = other.toRecoveryKey();
          assertThatThrownBy(() -> RestoreAndRead.restore(fresh.client(), spool, wrong))
              .hasMessageContaining("DOES_NOT_FIT");
        }
        RestoreAndRead.restore(fresh.client(), spool, recoveryKey);
        assertThat(RestoreAndRead.read(fresh.client(), room)).containsExactly("written long ago");
      }
    }
  }

  /** Returns the recovery key once everything is on the homeserver. */
  private static String backUp(ExampleUser user, Path spool) throws Exception {
    CompletableFuture<Long> uploaded = new CompletableFuture<>();
    BackupListener listener =
        new BackupListener() {
          @Override
          public void remaining(long keys) {
            if (keys == 0) {
              uploaded.complete(keys);
            }
          }
        };
    try (BackupService backup =
            BackupService.open(user.client(), spool, RandomSource.secure(), listener);
        BackupKey key = get(backup.create(RandomSource.secure(), 0)).orThrow()) {
      get(backup.flush());
      get(uploaded);
      return key.toRecoveryKey();
    }
  }
}

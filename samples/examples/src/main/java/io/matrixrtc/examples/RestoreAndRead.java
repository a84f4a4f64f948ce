package io.matrixrtc.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.service.BackupListener;
import io.matrixrtc.backup.service.BackupService;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.olm.RandomSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads on a new device what its user could read before: by the backup on the homeserver. */
public final class RestoreAndRead {
  private RestoreAndRead() {}

  /**
   * Brings all keys of the backup. What was interrupted goes on with the next call.
   *
   * @param spool a file for what is fetched and not yet imported
   * @param recoveryKey the backup's, as the user types it
   */
  public static void restore(EncryptedClient client, Path spool, String recoveryKey)
      throws Exception {
    CompletableFuture<DownloadState> end = new CompletableFuture<>();
    BackupListener listener =
        new BackupListener() {
          @Override
          public void download(DownloadProgress progress) {
            if (progress.state().isFinal()) {
              end.complete(progress.state());
            }
          }

          @Override
          public void broken(Exception why) {
            end.completeExceptionally(why);
          }
        };
    try (BackupKey key = BackupKey.fromRecoveryKey(recoveryKey);
        BackupService backup = BackupService.open(client, spool, RandomSource.secure(), listener)) {
      BackupService.KeyOutcome outcome = backup.useKey(key).toCompletableFuture().get();
      if (outcome != BackupService.KeyOutcome.FITS || end.get() != DownloadState.DONE) {
        throw new IllegalStateException("not restored: " + outcome + ", " + end);
      }
    }
  }

  /** The newest messages of a room, the newest first; what cannot be read says why. */
  public static List<String> read(EncryptedClient client, String roomId) throws Exception {
    ApiRequest request = ApiRequest.get("v3", "rooms", roomId, "messages").with("dir", "b");
    ObjectNode page = client.matrix().api().call(request).toCompletableFuture().get().orThrow();
    return client.withMachine(machine -> read(machine, roomId, page)).toCompletableFuture().get();
  }

  private static List<String> read(OlmMachine machine, String roomId, ObjectNode page)
      throws CryptoStoreException {
    List<String> messages = new ArrayList<>();
    for (JsonNode event : page.path("chunk")) {
      if (event.path("type").asText().equals("m.room.encrypted")) {
        RoomEventResult result = // a backup does not vouch for who wrote: all are taken
            machine.rooms().decrypt(roomId, (ObjectNode) event, TrustPolicy.ALL);
        messages.add(
            result instanceof RoomEventResult.Decrypted read
                ? read.event().path("content").path("body").asText()
                : result.toString());
      }
    }
    return messages;
  }
}

package io.matrixrtc.backup.service;

import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.EncryptedClient;
import java.util.concurrent.CompletionException;

/**
 * The room keys of a client that runs. Each use is a task of the client's scheduler, in turn with
 * its syncs and calls; whoever uses this waits, and so must not be on that scheduler.
 */
public final class ClientArchive implements Archive {
  private final EncryptedClient client;

  /** Uses the machine of {@code client}. */
  public ClientArchive(EncryptedClient client) {
    this.client = client;
  }

  @Override
  public <T> T use(Use<T> use) throws VaultException {
    try {
      return client
          .withMachine(machine -> use.with(machine.rooms().keys()))
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      throw new VaultException("the client has ended", e);
    }
  }
}

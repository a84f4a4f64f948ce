package io.matrixrtc.cli.widget;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.keys.Profile;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.EncryptedClientBuilder;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The device that {@code matrixrtc keys} keeps on disk. It stays logged in. */
final class ProfileLogin implements DeviceLogin {
  private static final int END_SECONDS = 10;

  private final Profile profile;

  ProfileLogin(Profile profile) {
    this.profile = profile;
  }

  @Override
  public MatrixSession session(ClientSettings settings) throws HostingException {
    try {
      return profile.login();
    } catch (CommandFailure e) {
      throw new HostingException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public EncryptedClientBuilder keys(MatrixClient client) throws HostingException {
    try {
      SqliteCryptoStore store = profile.openStore();
      return EncryptedClient.builder(client).store(store, store.stateKey()).closingStore();
    } catch (CommandFailure e) {
      throw new HostingException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void ready(EncryptedClient client) {
    // its identity is the business of 'keys setup'
  }

  @Override
  public void renewed(MatrixSession session) {
    try {
      profile.keep(session);
    } catch (CommandFailure e) { // the old login may still count the next time
      System.getLogger(ProfileLogin.class.getName())
          .log(System.Logger.Level.WARNING, e.getMessage());
    }
  }

  /** What the device was doing with its keys is done when this returns. */
  @Override
  public void end(EncryptedClient client) {
    client.close();
    try {
      client.ended().toCompletableFuture().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      System.getLogger(ProfileLogin.class.getName())
          .log(System.Logger.Level.WARNING, "the device did not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

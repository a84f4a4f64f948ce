package io.matrixrtc.cli.widget;

import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.EncryptedClientBuilder;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.olm.StateKey;
import java.net.URI;
import java.security.SecureRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A new device, which is logged out in the end. */
final class PasswordLogin implements DeviceLogin {
  private static final int LOGOUT_SECONDS = 5;

  private final URI homeserver;
  private final String user;
  private final String password;
  private final boolean register;
  private @Nullable StateKey storeKey;

  /**
   * @param register whether the account, and its identity, are to be made first
   */
  PasswordLogin(URI homeserver, String user, String password, boolean register) {
    this.homeserver = homeserver;
    this.user = user;
    this.password = password;
    this.register = register;
  }

  @Override
  public MatrixSession session(ClientSettings settings) throws HostingException {
    Credentials credentials = Credentials.of(user, password, "matrixrtc widget-host");
    LoginOutcome outcome =
        HostAccount.await(
            register
                ? MatrixClient.register(homeserver, credentials, settings)
                : MatrixClient.login(homeserver, credentials, settings));
    if (outcome instanceof LoginOutcome.LoggedIn in) {
      return in.session();
    }
    throw new HostingException(user + " cannot sign in. " + outcome.sentence());
  }

  @Override
  public EncryptedClientBuilder keys(MatrixClient client) {
    StateKey key = StateKey.generate(new SecureRandom()::nextBytes);
    storeKey = key;
    return EncryptedClient.builder(client).store(new MemoryCryptoStore(), key).closingStore();
  }

  @Override
  public void ready(EncryptedClient client) throws HostingException {
    if (!register) {
      return;
    }
    SetupOutcome identity =
        HostAccount.await(
            client
                .crossSigning()
                .bootstrap(UserAuthentication.password(client.device().userId(), password)));
    if (!(identity instanceof SetupOutcome.Done)) {
      throw new HostingException(user + " has no identity. " + identity.sentence());
    }
  }

  @Override
  public void renewed(MatrixSession session) {
    // the client has it; nothing is kept
  }

  /** If the homeserver is gone, the device stays. */
  @Override
  public void end(EncryptedClient client) {
    try {
      client.logout().toCompletableFuture().get(LOGOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      client.close();
    }
    if (storeKey != null) {
      storeKey.close();
    }
  }
}

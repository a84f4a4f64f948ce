package io.matrixrtc.testkit.server;

import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.WorldServer;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A homeserver that is not ours. Its database and log are out of reach. */
public final class RemoteServer implements WorldServer {
  private final URI baseUrl;
  private final Map<String, String> passwords;
  private final Registration registration;
  private final Map<String, Account> accounts = new HashMap<>();
  private final String suffix = "-" + UUID.randomUUID().toString().substring(0, 8);

  /**
   * @param passwords of accounts that exist, by local part; if empty, accounts are registered under
   *     names that nobody has
   */
  public RemoteServer(URI baseUrl, Map<String, String> passwords) {
    this.baseUrl = baseUrl;
    this.passwords = Map.copyOf(passwords);
    this.registration = new Registration(baseUrl);
  }

  @Override
  public URI baseUrl() {
    return baseUrl;
  }

  @Override
  public synchronized Account account(String localpart) {
    return accounts.computeIfAbsent(localpart, this::find);
  }

  private Account find(String localpart) {
    if (passwords.isEmpty()) {
      String password = UUID.randomUUID().toString();
      return new Account(registration.register(localpart + suffix, password), password);
    }
    String password = passwords.get(localpart);
    if (password == null) {
      throw new ScriptException("the accounts file has no line for " + localpart + ": add one.");
    }
    return new Account(registration.userIdOf(localpart, password), password);
  }

  @Override
  public Optional<Insight> insight() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}

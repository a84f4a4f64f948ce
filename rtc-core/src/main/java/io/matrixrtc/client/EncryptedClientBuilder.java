package io.matrixrtc.client;

import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.SealedEventListener;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens an {@link EncryptedClient}. Only the store has no default. */
public final class EncryptedClientBuilder {
  private final MatrixClient matrix;
  private OlmMachine.Settings trust = OlmMachine.Settings.defaults();
  private RandomSource random = new SecureRandom()::nextBytes;
  private Consumer<ClientEvent> listener = event -> {};
  private @Nullable CryptoStore store;
  private @Nullable StateKey key;
  private Acknowledgement acknowledgement = Acknowledgement.AFTER_LISTENERS;
  private boolean closingStore;

  EncryptedClientBuilder(MatrixClient matrix) {
    this.matrix = matrix;
  }

  /**
   * Where the device's keys and sessions are kept.
   *
   * @param where of this device alone; the caller closes it after {@link EncryptedClient#ended}, if
   *     {@link #closingStore} is not asked for
   * @param sealedWith the same each time; the caller keeps it apart from the store, and closes it
   *     after the client
   */
  public EncryptedClientBuilder store(CryptoStore where, StateKey sealedWith) {
    store = where;
    key = sealedWith;
    return this;
  }

  /** Closes the store when the client has ended, or did not open. */
  public EncryptedClientBuilder closingStore() {
    closingStore = true;
    return this;
  }

  /** Who says that a to-device event is dealt with: the client, if not set. */
  public EncryptedClientBuilder acknowledgement(Acknowledgement who) {
    acknowledgement = who;
    return this;
  }

  /** Writes to devices, and believes devices, that {@code policy} accepts: cross-signed ones. */
  public EncryptedClientBuilder trust(TrustPolicy policy) {
    trust = new OlmMachine.Settings(policy, policy, trust.sealed());
    return this;
  }

  /** As {@link #trust(TrustPolicy)}, with a policy for each direction, and a listener. */
  public EncryptedClientBuilder trust(OlmMachine.Settings policies) {
    trust = policies;
    return this;
  }

  /** Who is told of events, on the client's scheduler; must not block. */
  public EncryptedClientBuilder listener(Consumer<ClientEvent> told) {
    listener = told;
    return this;
  }

  /**
   * Who is told of everything that the client encrypts, as it was meant: keys and secrets included,
   * so for tests and diagnosis only.
   */
  public EncryptedClientBuilder onSealed(SealedEventListener told) {
    trust = new OlmMachine.Settings(trust.sending(), trust.receiving(), told);
    return this;
  }

  /** Where keys come from, instead of {@link SecureRandom}. */
  public EncryptedClientBuilder random(RandomSource source) {
    random = source;
    return this;
  }

  /**
   * Opens the client; nothing is sent before {@link EncryptedClient#start}.
   *
   * @throws CryptoStoreException if the store fails, or belongs to another device
   * @throws IllegalStateException if no store was given
   */
  public EncryptedClient open() throws CryptoStoreException {
    if (store == null || key == null) {
      throw new IllegalStateException("an encrypted client needs a store");
    }
    CryptoStore used = store;
    EncryptedClient client = null;
    try {
      client = new EncryptedClient(matrix, trust, used, key, random, acknowledgement, listener);
      if (closingStore) {
        client.ended().thenRun(used::close);
      }
      return client;
    } finally {
      if (client == null && closingStore) {
        used.close();
      }
    }
  }

  /** Opens the client and begins to sync. */
  public EncryptedClient start() throws CryptoStoreException {
    EncryptedClient client = open();
    client.start();
    return client;
  }
}

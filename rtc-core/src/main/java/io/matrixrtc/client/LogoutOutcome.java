package io.matrixrtc.client;

import io.matrixrtc.e2ee.CryptoStoreException;

/** The end of {@link EncryptedClient#logout}. */
public sealed interface LogoutOutcome {

  /** The device is deleted, its keys are wiped and its store is empty; the client is closed. */
  record LoggedOut() implements LogoutOutcome {}

  /** The homeserver did not end the login: nothing was wiped, and the client goes on. */
  record Failed(ApiFailure failure) implements LogoutOutcome {}

  /** The login has ended and the client is closed, but its store must be deleted by hand. */
  record StoreNotErased(CryptoStoreException why) implements LogoutOutcome {}
}

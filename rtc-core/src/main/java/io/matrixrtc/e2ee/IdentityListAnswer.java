package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.CrossSigningKeyException.Reason;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the cross-signing keys of a {@code /keys/query} answer into the identities. A user's keys
 * count together: unless all that are needed are there and right, what was known stays.
 */
final class IdentityListAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityListAnswer.class);

  private final OwnDevice own;
  private final Identities identities;

  IdentityListAnswer(OwnDevice own, Identities identities) {
    this.own = own;
    this.identities = identities;
  }

  /** Takes the identities of {@code askedFor}, our own one last: others' latches come first. */
  void take(ObjectNode answer, Set<String> askedFor) throws CryptoStoreException {
    String ownUser = own.address().userId();
    for (String userId : askedFor) {
      if (!userId.equals(ownUser)) {
        takeOne(answer, userId);
      }
    }
    if (askedFor.contains(ownUser)) {
      takeOne(answer, ownUser);
    }
  }

  private void takeOne(ObjectNode answer, String userId) throws CryptoStoreException {
    if (!answer.path("master_keys").path(userId).isObject()) {
      return;
    }
    try {
      CrossSigningKey master = key(answer, userId, Usage.MASTER);
      CrossSigningKey selfSigning = key(answer, userId, Usage.SELF_SIGNING);
      Optional<CrossSigningKey> userSigning =
          userId.equals(own.address().userId())
              ? Optional.of(key(answer, userId, Usage.USER_SIGNING)) // XS-COMPLETE
              : Optional.empty();
      Optional<UserIdentity> known = identities.find(userId);
      identities.put(
          known.isPresent()
              ? known.get().with(master, selfSigning, userSigning)
              : UserIdentity.first(master, selfSigning, userSigning));
    } catch (CrossSigningKeyException e) {
      LOG.warn(
          "{}: refused the identity of {}: {}",
          own.address(),
          ShownText.of(userId, ShownText.MAX_ID_CHARS),
          e.getMessage());
    }
  }

  private static CrossSigningKey key(ObjectNode answer, String userId, Usage usage)
      throws CrossSigningKeyException {
    if (answer.path(usage.label() + "_keys").path(userId) instanceof ObjectNode object) {
      return CrossSigningKey.parse(userId, usage, object);
    }
    throw new CrossSigningKeyException(Reason.MALFORMED, usage);
  }
}

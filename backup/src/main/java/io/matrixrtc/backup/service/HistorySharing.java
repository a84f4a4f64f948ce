package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveSharingStore;
import io.matrixrtc.backup.archive.SharedHistoryArchive;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.sharing.BundleEvent;
import io.matrixrtc.backup.sharing.BundleException;
import io.matrixrtc.backup.sharing.BundleInbox;
import io.matrixrtc.backup.sharing.BundleOffer;
import io.matrixrtc.backup.sharing.EncryptedFile;
import io.matrixrtc.backup.sharing.Forwarder;
import io.matrixrtc.backup.sharing.WithheldHistory;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.RandomSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives those whom we invite the keys of a room's history, and takes what those who invited us
 * offer. Only the room's own keys are taken, only from the inviter, only if this device accepted
 * the invite within the last day and is still in the room.
 *
 * <p>Works on a thread of its own. Any thread may call but the client's scheduler. Close it before
 * the client. What was not finished is taken up when it is opened again.
 *
 * <p>Source: MSC4268.
 */
public final class HistorySharing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HistorySharing.class);

  /**
   * An invite, and the history that went before it.
   *
   * @param history what became of the bundle; a failure does not stop the invite
   * @param invite whether the homeserver took the invite
   */
  public record Invited(ShareOutcome history, ApiResult<Boolean> invite) {}

  /** Something to do with the store. */
  @FunctionalInterface
  private interface Task<T> {
    T run() throws VaultException;
  }

  private final EncryptedClient client;
  private final BackupThreads threads = new BackupThreads();
  private final SerialScheduler scheduler = threads.scheduler();
  private final SharedHistoryArchive archive;
  private final BundleInbox inbox;
  private final HistorySender sender;
  private final HistoryReceiver receiver;
  private final HistoryListener listener;
  private volatile List<ToDeviceChannel.Subscription> subscriptions = List.of();
  private volatile boolean closed;

  private HistorySharing(
      EncryptedClient client,
      Optional<BackupService> backup,
      RandomSource random,
      HistoryListener listener) {
    Archive keys = new ClientArchive(client);
    this.client = client;
    this.archive = new SharedHistoryArchive(keys);
    this.inbox = new BundleInbox(new ArchiveSharingStore(keys));
    this.sender = new HistorySender(client, backup, archive, random);
    this.receiver = new HistoryReceiver(client, archive);
    this.listener = listener;
  }

  /**
   * Opens it: open it before the client is started, so that no offer is missed. Takes up what an
   * earlier run did not finish.
   *
   * @param backup brings the room's keys before they are shared, if there is one
   * @param random where the keys of bundles come from
   */
  public static HistorySharing open(
      EncryptedClient client,
      Optional<BackupService> backup,
      RandomSource random,
      HistoryListener listener) {
    HistorySharing sharing = new HistorySharing(client, backup, random, listener);
    sharing.subscriptions =
        List.of(
            client.onEncrypted(BundleEvent.TYPE, sharing::offered),
            client.onEncrypted(BundleEvent.UNSTABLE_TYPE, sharing::offered));
    sharing.takeUp();
    return sharing;
  }

  /**
   * Shares a room's history with somebody, and then invites them. A bundle that cannot be made does
   * not stop the invite (BUNDLE-INVITE).
   */
  public CompletionStage<Invited> invite(String roomId, String userId) {
    return work(
        () -> {
          ShareOutcome history = sender.share(roomId, userId);
          return new Invited(
              history, HistorySender.await(client.matrix().rooms().invite(roomId, userId)));
        });
  }

  /** Shares a room's history with somebody who is invited by other means. */
  public CompletionStage<ShareOutcome> share(String roomId, String userId) {
    return work(() -> sender.share(roomId, userId));
  }

  /**
   * Accepts an invite, and waits for a bundle of the inviter from then on.
   *
   * @param inviter who sent the invite: {@code RoomSection#inviter} of the sync that brought it
   * @return completes with the room id when we are in the room, or with why not
   */
  public CompletionStage<ApiResult<String>> accept(String roomId, String inviter) {
    return work(
        () -> {
          Optional<BundleOffer> offer = inbox.accepted(roomId, inviter, scheduler.now());
          ApiResult<String> joined = HistorySender.await(client.matrix().rooms().join(roomId));
          if (joined instanceof ApiResult.Failed<String> failed) {
            if (!failed
                .failure()
                .isTransient()) { // else we may be in: a day later it counts no more
              inbox.left(roomId);
            }
          } else if (offer.isPresent()) {
            process(offer.get());
          }
          return joined;
        });
  }

  /** To be given the client's events: a room that we are no longer in gets no history. */
  public void onEvent(ClientEvent event) {
    if (event instanceof ClientEvent.Room room
        && Set.of("leave", "ban", "knock").contains(room.changes().membership())) {
      left(room.roomId());
    }
  }

  /** We left a room, knocked, or were removed. */
  public CompletionStage<Boolean> left(String roomId) {
    return work(
        () -> {
          inbox.left(roomId);
          return true;
        });
  }

  /** Who passed a key on to us; empty if its owner gave it, or nobody did. */
  public CompletionStage<Optional<Forwarder>> forwarder(RoomKeyId id) {
    return work(() -> archive.forwarder(id));
  }

  /** The note that a key of before we joined is not shared with us. */
  public CompletionStage<Optional<WithheldHistory>> withheld(RoomKeyId id) {
    return work(() -> archive.withheld(id));
  }

  /** On the client's scheduler: must not block, nor fail. */
  private void offered(SenderEvidence from, ObjectNode content) {
    if (!(from instanceof SenderEvidence.OlmDevice device)) {
      return;
    }
    try {
      BundleOffer offer =
          new BundleOffer(
              device.device().userId(),
              device.device().deviceId(),
              device.trust() != SenderEvidence.Trust.KNOWN,
              BundleEvent.parse(content));
      work(() -> offered(offer));
    } catch (BundleException e) {
      LOG.info("{}: an offer of history makes no sense: {}", device.device(), e.reason());
    }
  }

  private boolean offered(BundleOffer come) throws VaultException {
    BundleOffer offer = receiver.judgedNow(come);
    Optional<Boolean> joined =
        inbox.isAwaited(offer.roomId()) ? receiver.isJoined(offer.roomId()) : Optional.empty();
    if (joined.equals(Optional.of(false))) {
      inbox.left(offer.roomId()); // who comes back without an invite is not given anything
    }
    Optional<BundleOffer> wanted = inbox.offered(offer, joined.orElse(false), scheduler.now());
    offer.event().file().close(); // what is wanted comes from the store
    if (wanted.isPresent()) {
      process(wanted.get());
    } else {
      listener.offered(offer.roomId(), offer.sender());
    }
    return true;
  }

  private void takeUp() {
    work(
        () -> {
          Set<String> left = new HashSet<>();
          for (String roomId : inbox.awaited()) {
            if (!receiver.isJoined(roomId).orElse(true)) {
              left.add(roomId);
            }
          }
          for (BundleOffer offer : inbox.started(room -> !left.contains(room), scheduler.now())) {
            process(offer);
          }
          return true;
        });
  }

  private void process(BundleOffer offer) throws VaultException {
    HistoryReceiver.Result result;
    try (EncryptedFile file = offer.event().file()) {
      LOG.debug("{}: history is at {}", offer.roomId(), file.url());
      result = receiver.process(offer);
    }
    inbox.processed(offer, result.outcome());
    LOG.info(
        "{}: history from {} {}: {} new keys {}",
        offer.roomId(),
        offer.sender(),
        result.outcome(),
        result.keys(),
        result.why());
    listener.bundle(offer.roomId(), offer.sender(), result.outcome(), result.keys(), result.why());
  }

  private <T> CompletionStage<T> work(Task<T> task) {
    CompletableFuture<T> end = new CompletableFuture<>();
    try {
      scheduler.execute(
          () -> {
            try {
              end.complete(task.run());
            } catch (VaultException | RuntimeException e) {
              end.completeExceptionally(new CompletionException(e));
              if (!closed) {
                listener.broken(e);
              }
            }
          });
    } catch (RejectedExecutionException e) {
      end.completeExceptionally(new IllegalStateException("closed", e));
    }
    return end;
  }

  /** Takes no more offers; what is under way ends by itself. */
  @Override
  public void close() {
    closed = true;
    subscriptions.forEach(ToDeviceChannel.Subscription::close);
    threads.close();
  }
}

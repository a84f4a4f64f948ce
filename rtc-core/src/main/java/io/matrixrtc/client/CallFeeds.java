package io.matrixrtc.client;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.EncryptionOutcome;
import io.matrixrtc.e2ee.KeyChanges;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.RoomUpdate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The calls of a client: each is told of its room, of each sync (FEED-SYNCED), and which devices of
 * its users must not be given keys (FEED-BARRED). Confined to the client's scheduler.
 */
final class CallFeeds {
  /** As many devices that were deleted are remembered for a call; the oldest goes. */
  static final int MAX_GONE = 256;

  private static final String GONE = "its owner does not list it any more";

  private final CryptoPump pump;
  private final RoomFeed rooms;
  private final List<Feed> feeds = new ArrayList<>();

  CallFeeds(CryptoPump pump, RoomFeed rooms) {
    this.pump = pump;
    this.rooms = rooms;
  }

  /** As {@link EncryptedClient#attach}. */
  CompletionStage<ApiResult<RoomSubscription>> attach(String roomId, CallInput call) {
    Feed feed = new Feed(call);
    pump.onScheduler(() -> feeds.add(feed));
    return rooms
        .follow(roomId, feed::onUpdate)
        .thenApply(
            result -> {
              if (result instanceof ApiResult.Failed) {
                detach(feed);
              }
              return result.map(
                  subscription ->
                      () -> {
                        subscription.close();
                        detach(feed);
                      });
            });
  }

  private void detach(Feed feed) {
    pump.onScheduler(() -> feeds.remove(feed));
  }

  /** FEED-SYNCED: a sync succeeded, and everything in it was handed on. */
  void onSynced() {
    List.copyOf(feeds).forEach(feed -> feed.call.onSynced());
  }

  /** Devices or identities may have changed, or been judged anew by our user. */
  void onKeysChanged(OlmMachine machine, KeyChanges changes) throws CryptoStoreException {
    for (Feed feed : List.copyOf(feeds)) {
      feed.onChanges(machine, changes);
    }
  }

  /** One call, and which devices of its users are barred. */
  private final class Feed {
    private final CallInput call;
    private final Set<String> users = new HashSet<>();
    private final Set<UserDevice> gone = new LinkedHashSet<>();
    private final Map<String, Map<DeviceAddress, String>> barred = new HashMap<>();

    Feed(CallInput call) {
      this.call = call;
    }

    void onUpdate(RoomUpdate update) {
      Set<String> added = RoomUpdates.callUsers(update);
      added.removeAll(users);
      if (!added.isEmpty()) {
        users.addAll(added);
        pump.use((machine, now) -> judge(machine, added), why -> {});
      }
      call.onRoomUpdate(update);
    }

    void onChanges(OlmMachine machine, KeyChanges changes) throws CryptoStoreException {
      Set<String> changed = new HashSet<>(changes.identities().keySet());
      changes
          .devices()
          .forEach(
              (device, kind) -> {
                changed.add(device.userId());
                noteGone(device, kind == KeyChanges.Kind.DELETED);
              });
      if (changes.identities().containsKey(machine.device().userId())) {
        changed.addAll(users); // what our own identity signed counts, or does not
      }
      changed.retainAll(users);
      judge(machine, changed);
    }

    private void noteGone(UserDevice device, boolean deleted) {
      gone.remove(device);
      if (deleted && users.contains(device.userId())) {
        gone.add(device);
        Iterator<UserDevice> oldest = gone.iterator();
        if (gone.size() > MAX_GONE) {
          oldest.next();
          oldest.remove();
        }
      }
    }

    /** FEED-BARRED */
    private void judge(OlmMachine machine, Collection<String> some) throws CryptoStoreException {
      boolean differs = false;
      for (String user : some) {
        Map<DeviceAddress, String> now = barredOf(machine, user);
        Map<DeviceAddress, String> before =
            now.isEmpty() ? barred.remove(user) : barred.put(user, now);
        differs |= !now.equals(before == null ? Map.of() : before);
      }
      if (differs) {
        Map<DeviceAddress, String> all = new HashMap<>();
        barred.values().forEach(all::putAll);
        call.onBarredDevices(all);
      }
    }

    private Map<DeviceAddress, String> barredOf(OlmMachine machine, String user)
        throws CryptoStoreException {
      Map<DeviceAddress, String> found = new HashMap<>();
      for (Device device : machine.devicesOf(user)) {
        Optional<EncryptionOutcome> refusal = machine.refusalOf(device.address());
        if (refusal.isPresent()
            && OlmToDeviceChannel.outcome(refusal.get()) instanceof Outcome.Refused refused
            && !device.address().equals(machine.device())) {
          found.put(address(device.address()), refused.reason());
        }
      }
      gone.stream()
          .filter(device -> device.userId().equals(user))
          .forEach(device -> found.put(address(device), GONE));
      return found;
    }
  }

  private static DeviceAddress address(UserDevice device) {
    return new DeviceAddress(device.userId(), device.deviceId());
  }
}
